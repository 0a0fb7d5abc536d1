"""Commands of care: doctor and completion."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from cli.command import NOBODY, Answer, command
from cli.session import Session

if TYPE_CHECKING:
    from coordinator.act import Act

SHELLS = {
    "bash": 'eval "$(_TONGBAO_COMPLETE=bash_source tongbao)"  # in ~/.bashrc',
    "zsh": 'eval "$(_TONGBAO_COMPLETE=zsh_source tongbao)"  # in ~/.zshrc',
    "fish": "_TONGBAO_COMPLETE=fish_source tongbao | source  # in ~/.config/fish/completions/tongbao.fish",
}
Look = Callable[[Session], "tuple[str, list[str]]"]
group = click.Group()


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@dataclass(frozen=True)
class Check:
    """One thing looked at: its name, what was found, and what is wrong with it."""

    name: str
    detail: str
    problems: tuple[str, ...] = ()
    skipped: bool = False
    """Whether an earlier refusal kept it from being looked at."""


@command(
    group, "doctor", permission=NOBODY, show="checked", example="tongbao doctor\ntongbao doctor --config"
)
@click.option("--config", "only_config", is_flag=True, help="Only the configuration.")
def doctor(session: Session, only_config: bool) -> Answer:
    """Look whether everything is in order: configuration, database, templates, plans, record, channels."""
    checks = _looked_at(CONFIG if only_config else CHECKS, session)
    ok = not any(check.problems for check in checks)
    items = [
        {
            "name": c.name,
            "ok": not c.problems and not c.skipped,
            "skipped": c.skipped,
            "detail": c.detail,
            "problems": list(c.problems),
        }
        for c in checks
    ]
    problems = [problem for check in checks for problem in check.problems]
    following = "tongbao run" if ok else "mend what is marked wrong, then tongbao doctor"
    return Answer({"ok": ok, "problems": problems, "checks": items, "next": following}, code=0 if ok else 1)


def _looked_at(looks: Mapping[str, Look], session: Session) -> list[Check]:
    """Every check; a refusal that hides several of them is said once."""
    checks: list[Check] = []
    said: set[str] = set()
    for name, look in looks.items():
        check = _checked(name, look, session)
        if check.problems and said.issuperset(check.problems):
            check = Check(name, session.screen_words()("not looked at, for the reason above"), skipped=True)
        said.update(check.problems)
        checks.append(check)
    return checks


def _checked(name: str, look: Look, session: Session) -> Check:
    """A refusal while looking is a finding too, with its next step."""
    from cli.words import of_error
    from incidents.errors import TongbaoError
    from sandbox.client import SandboxError

    try:
        detail, problems = look(session)
    except TongbaoError as error:
        message, following = of_error(error, session.lang)
        return Check(name, "", (f"{message} → {following}" if following else message,))
    except (SandboxError, OSError) as error:
        return Check(name, "", (str(error),))
    return Check(name, detail, tuple(problems))


def _configuration(session: Session) -> tuple[str, list[str]]:
    from wiring.app import examined

    settings = session.settings
    examined(settings)
    zone, country = settings.operator.zone, settings.operator.country
    return session.screen_words()("zone {zone}, country {country}", zone=zone, country=country), []


def _channels(session: Session) -> tuple[str, list[str]]:
    t, settings = session.screen_words(), session.settings
    providers: dict[str, str] = {
        "sms": settings.sms.provider,
        "email": settings.email.provider,
        "web": settings.web.provider,
        "voice": settings.calls,
    }
    loud = {"sandbox": t("SANDBOX (nothing leaves this machine)")}
    return ", ".join(f"{channel}: {loud.get(name, name)}" for channel, name in providers.items()), []


def _home(session: Session) -> tuple[str, list[str]]:
    session.home.mkdir(parents=True, exist_ok=True)
    problems = (
        []
        if os.access(session.home, os.W_OK)
        else [session.screen_words()("{folder} cannot be written", folder=session.home)]
    )
    return str(session.home), problems


def _database(session: Session) -> tuple[str, list[str]]:
    profile = session.app.database.profile()
    return ", ".join(f"{name} {value}" for name, value in profile.items()), session.app.database.check()


def _templates(session: Session) -> tuple[str, list[str]]:
    from coordinator import templates
    from rendering.calls import Calls
    from rendering.notices import Notices

    in_force, _, _ = session.app.coordinator.act("read", _auditor(), templates.in_force)
    return session.screen_words()("every kind, channel and language"), [
        *Notices(in_force).check(),
        *Calls().check(),
    ]


def _playbooks(session: Session) -> tuple[str, list[str]]:
    """Those in force; every problem of any of them."""
    from coordinator.owed import today
    from playbooks.check import wrong

    def seen(act: Act) -> tuple[tuple[str, list[str]], list[Any]]:
        shelf, day = act.house.playbooks, today(act)
        active = [one.playbook.name for one in shelf.editions if shelf.standing(one, day) == "active"]
        problems = [f"{p.file}:{p.line}: {p.message}" for p in wrong(shelf.problems(day))]
        return (", ".join(active), problems), []

    found: tuple[str, list[str]] = session.app.coordinator.act("read", _auditor(), seen)
    return found


def _holding(session: Session) -> tuple[str, list[str]]:
    """Approvals in advance that are in force; those that end soon, have ended, or stand for other texts."""
    from cli.holding_texts import STANDINGS
    from coordinator import holding_views

    def seen(act: Act) -> tuple[tuple[int, list[Any]], list[Any]]:
        return (len(act.tx.approvals.all()), holding_views.ailing(act)), []

    number, ailing = session.app.coordinator.act("read", _auditor(), seen)
    t = session.screen_words()
    said = "{id}: {state} (until {day}) → {command}"
    problems = [
        t(
            said,
            id=a["id"],
            state=STANDINGS[a["state"]],
            day=session.when(a["expires_at"]),
            command=a["renew"],
        )
        for a in ailing
    ]
    return t("{n} {n:approval|approvals} in advance", n=number), problems


def _rules(session: Session) -> tuple[str, list[str]]:
    pack = session.app.house.pack
    return session.screen_words()("{pack}, {n} {n:rule|rules}", pack=pack.label, n=len(pack.rules)), []


def _record(session: Session) -> tuple[str, list[str]]:
    """Every incident's chain against its head."""
    problems: list[str] = session.app.coordinator.act("read", _auditor(), _chains)
    return session.screen_words()("every chain follows"), problems


def _auditor() -> Any:
    from coordinator.act import SYSTEM

    return SYSTEM


def _chains(act: Act) -> tuple[list[str], list[Any]]:
    from incidents.chain import check

    heads = act.tx.incidents.heads()
    found = (check(ref, act.tx.incidents.entries(number), head, n) for number, ref, head, n in heads)
    return [problem for problems in found for problem in problems], []


def _checkpoint(session: Session) -> tuple[str, list[str]]:
    """The newest checkpoint, what hinders the next, and which are not as they were written."""
    from coordinator.checkpoints import standing
    from wiring.proofs import checkpoint_folder, lost_checkpoints

    found = session.app.coordinator.act("read", _auditor(), standing)
    t, problems = session.screen_words(), []
    if found["trouble"]:
        problems.append(t("no checkpoint can be written: {why}", why=found["trouble"]))
    elif found["late"]:
        problems.append(t("no checkpoint since {at}; is tongbao run or tick running?", at=found["at"]))
    problems += [t(LOST, name=name) for name in lost_checkpoints(session.app, _auditor())]
    if found["number"] is None:
        return t("none yet; tongbao run and tick write one an hour"), problems
    where = checkpoint_folder(session.app)
    return t("{name} in {folder}", name=found["name"], folder=where), problems


LOST = "checkpoint {name} is gone or not as it was written: put it back from a copy"


def _chat(session: Session) -> tuple[str, list[str]]:
    """The staff chat's last trouble is a finding: staff would wait for posts that do not come."""
    from coordinator.chat import standing

    t, chat = session.screen_words(), session.app.coordinator.act("read", _auditor(), standing)
    if chat is None:
        return t("not configured"), []
    name, waiting = session.settings.chat.provider, chat["waiting"]
    said = t("{name}, {n} {n:post waits|posts wait}", name=name, n=waiting)
    return said, [chat["trouble"]] if chat["trouble"] else []


def _targets(session: Session) -> tuple[str, list[str]]:
    """The publish targets; one that does not show the present pages is a finding."""
    from coordinator import publishing

    t, app = session.screen_words(), session.app
    found = app.coordinator.glance(lambda act: publishing.lacking(act, app.target_places))
    problems = [
        t(
            "{target} lacks {n} {n:page|pages} since {at} ({why}) → {step}",
            target=one.target,
            n=one.pages,
            at=session.when(one.since.isoformat()),
            why=one.trouble or t("nobody has tried; is tongbao run or tick running?"),
            step=t("look at its folder and its address; it is caught up with by itself"),
        )
        for one in found
    ]
    names = ", ".join(app.target_places)
    if session.settings.web.provider == "files" and len(app.target_places) == 1:
        names = t(
            "{names} alone: when it is down no page is live → a second one, [[web.targets]]", names=names
        )
    return names, problems


def _roster(session: Session) -> tuple[str, list[str]]:
    """Whether somebody who can be reached is on duty at every hour of the next two weeks."""
    from cli.duty_screens import said_of
    from coordinator import roster

    t = session.screen_words()
    found = session.app.coordinator.act("read", _auditor(), roster.check)
    problems = [said_of(one.what, one.values, t, session.when) for one in found]
    return "" if problems else t("somebody can be reached at every hour of the next two weeks"), problems


def _drills(session: Session) -> tuple[str, list[str]]:
    """Whether a drill is running, and whether the units have held theirs this year."""
    from coordinator import drill_years

    t = session.screen_words()
    found = session.app.coordinator.act("read", _auditor(), lambda act: (drill_years.on_the_board(act), []))
    said = t("{ref} is running", ref=", ".join(found["running"])) if found["running"] else t("none runs")
    if found["owed"]:
        owed = t("no full drill in {year}: {n} {n:unit|units}", year=found["year"], n=len(found["owed"]))
        said = f"{said}; {owed} → tongbao drill list"
    named = session.settings.drills.person
    if not named:
        return said, []
    with session.app.database.transaction() as tx:
        known = tx.people.roles(named) is not None
    return said, [] if known else [t("no user {name}", name=named)]


def _sandbox(session: Session) -> tuple[str, list[str]]:
    from sandbox.client import Sandbox

    providers = (
        session.settings.sms.provider,
        session.settings.email.provider,
        session.settings.web.provider,
        session.settings.chat.provider,
        session.settings.calls,
    )
    if "sandbox" not in providers:
        return session.screen_words()("not used"), []
    address = Sandbox(session.home).start()
    return session.screen_words()("answers at {url}", url=address["http"]), []


def _clock(session: Session) -> tuple[str, list[str]]:
    """What stands against the clock and the record, each with its next step; publish targets have a check of theirs."""
    from cli.clock_texts import sentence
    from coordinator import clock, views
    from incidents.operation import PUBLISH_BEHIND

    t = session.screen_words()
    found: list[Any] = session.app.coordinator.act("read", _auditor(), clock.status)["standing"]
    found = [one for one in found if not one.about.startswith(PUBLISH_BEHIND)]
    said = [(one, sentence(views.operation(one), t, session.when)) for one in found]
    problems = [f"{words} → {FOLLOWING.get(one.about, 'tongbao clock status')}" for one, words in said]
    return t("it agrees with the time since the start") if not found else "", problems


FOLLOWING = {
    "restored": "tongbao clock accept --reason '…'",
    "long_gap": "tongbao clock accept --reason '…'",
    "implausible_clock": "timedatectl, then tongbao clock accept --reason '…'",
    "record_gone": "restore the backup, or tongbao clock accept --reason '…'",
    "wall_clock": "timedatectl, then start tongbao again",
    "audit": "tongbao verify --database",
    "heartbeat": "tongbao clock status",
    "sweep_stuck": "tongbao clock status, then the log",
    "planned_stuck": "tongbao clock status, then the log",
    "growth_stuck": "tongbao clock status, then the log",
    "regimes_stuck": "tongbao clock status, then the log",
    "drills_stuck": "tongbao clock status, then the log",
    "drill_years_stuck": "tongbao clock status, then the log",
}
"""What to do about each matter."""


def _audit(session: Session) -> tuple[str, list[str]]:
    """The last hourly self-audit."""
    from cli.clock_texts import problems
    from coordinator import audit

    t = session.screen_words()
    found = session.app.coordinator.act("read", _auditor(), lambda act: (audit.result(act), []))
    if found is None:
        return t("not run yet"), []
    if found["problems"]:
        return "", problems(found["problems"], t)
    return t("found nothing, {at}", at=session.when(found["at"])), []


def _loops(session: Session) -> tuple[str, list[str]]:
    """Whether the clocks and the lanes turn, where there is a process that should turn them."""
    from cli.clock_texts import problems
    from coordinator import pulse

    t = session.screen_words()

    def seen(act: Act) -> tuple[tuple[bool, list[Any]], list[Any]]:
        turned = any(pulse.ticks(act).values())
        late = pulse.undecided(act)
        return (turned, [*late, *(pulse.still(act) if turned and pulse.owes(act) else [])]), []

    turned, found = session.app.coordinator.act("read", _auditor(), seen)
    said = [f"{words} → tongbao run" for words in problems(found, t)]
    return ("" if said else t("all turn") if turned else t("nothing runs")), said


def _heartbeat(session: Session) -> tuple[str, list[str]]:
    heartbeat = session.settings.heartbeat
    if not heartbeat.url and not heartbeat.file:
        t = session.screen_words()
        return f"{t('not configured')}: {t('no watcher outside knows whether we live')}", []
    return heartbeat.url or heartbeat.file, []


CONFIG: dict[str, Look] = {
    "configuration": _configuration,
    "channels": _channels,
}
CHECKS = {
    **CONFIG,
    "home": _home,
    "database": _database,
    "templates": _templates,
    "playbooks": _playbooks,
    "holding texts": _holding,
    "rules": _rules,
    "record": _record,
    "clock": _clock,
    "loops": _loops,
    "audit": _audit,
    "heartbeat": _heartbeat,
    "checkpoint": _checkpoint,
    "page targets": _targets,
    "roster": _roster,
    "chat": _chat,
    "drills": _drills,
    "sandbox": _sandbox,
}
"""What is looked at, in order."""


@command(group, "completion", permission=NOBODY, show="text", example="tongbao completion bash")
@click.argument("shell", type=click.Choice(list(SHELLS)), required=False)
def completion(session: Session, shell: str | None) -> Answer:
    """Say how to make the shell complete tongbao's commands."""
    chosen = {shell: SHELLS[shell]} if shell else SHELLS
    text = "\n".join(f"{name}: {line}" for name, line in chosen.items())
    return Answer({"shells": chosen, "text": text, "next": "open a new shell"})
