"""One open transaction, with a drawer per noun."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import Connection

from storage.audience import Audience
from storage.chat import Chat
from storage.decisions import Decisions
from storage.deliveries import Deliveries
from storage.directory import Directory
from storage.drills import Drills
from storage.handovers import Handovers
from storage.incidents import Incidents
from storage.intake import Intake
from storage.meta import Meta
from storage.notices import Notices
from storage.operations import Operations
from storage.organisation import Organisation
from storage.outlooks import Approvals, Outlooks
from storage.packs import Packs
from storage.paging import Paging
from storage.people import People
from storage.playbooks import Playbooks
from storage.proofs import Proofs
from storage.publishing import Publishing
from storage.reads import Reads
from storage.receipts import Receipts
from storage.reports import Reports
from storage.roster import Rosters
from storage.templates import Templates
from storage.uploads import Uploads
from storage.windows import Windows


class Transaction:
    """What a verb is given: every drawer works in the same transaction."""

    def __init__(self, connection: Connection):
        self._connection = connection

    @cached_property
    def incidents(self) -> Incidents:
        return Incidents(self._connection)

    @cached_property
    def windows(self) -> Windows:
        return Windows(self._connection)

    @cached_property
    def decisions(self) -> Decisions:
        return Decisions(self._connection)

    @cached_property
    def packs(self) -> Packs:
        return Packs(self._connection)

    @cached_property
    def outlooks(self) -> Outlooks:
        return Outlooks(self._connection)

    @cached_property
    def approvals(self) -> Approvals:
        return Approvals(self._connection)

    @cached_property
    def notices(self) -> Notices:
        return Notices(self._connection)

    @cached_property
    def audience(self) -> Audience:
        return Audience(self._connection)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self._connection)

    @cached_property
    def directory(self) -> Directory:
        return Directory(self._connection)

    @cached_property
    def organisation(self) -> Organisation:
        return Organisation(self._connection)

    @cached_property
    def intake(self) -> Intake:
        return Intake(self._connection)

    @cached_property
    def playbooks(self) -> Playbooks:
        return Playbooks(self._connection)

    @cached_property
    def people(self) -> People:
        return People(self._connection)

    @cached_property
    def templates(self) -> Templates:
        return Templates(self._connection)

    @cached_property
    def receipts(self) -> Receipts:
        return Receipts(self._connection)

    @cached_property
    def publishing(self) -> Publishing:
        return Publishing(self._connection)

    @cached_property
    def uploads(self) -> Uploads:
        return Uploads(self._connection)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self._connection)

    @cached_property
    def reads(self) -> Reads:
        return Reads(self._connection)

    @cached_property
    def proofs(self) -> Proofs:
        return Proofs(self._connection)

    @cached_property
    def handovers(self) -> Handovers:
        return Handovers(self._connection)

    @cached_property
    def meta(self) -> Meta:
        return Meta(self._connection)

    @cached_property
    def operations(self) -> Operations:
        return Operations(self._connection)

    @cached_property
    def drills(self) -> Drills:
        return Drills(self._connection)

    @cached_property
    def chat(self) -> Chat:
        return Chat(self._connection)

    @cached_property
    def roster(self) -> Rosters:
        return Rosters(self._connection)

    @cached_property
    def paging(self) -> Paging:
        return Paging(self._connection)
