"""The cast of these tests: one outage in Binjiang, as much or as little known as a test needs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.incident import Affected, Incident
from incidents.terms import IncidentType, Kind, Status
from notifications.facts import Compensation, Correction, Facts, Occasion, Setting, facts_of
from notifications.template import APOLOGY, COMPLAINT, CORRECTION, HOLDING_RESTORED, WITHDRAWAL
from rendering.proofs import FINAL
from rendering.words import words

LOCAL = timedelta(hours=8)
NAMES: Mapping[str, Mapping[str, str]] = {
    "330108": {"zh-CN": "滨江区", "en": "Binjiang"},
    "voice": {"zh-CN": "手机通话", "en": "mobile calls"},
    "data": {"zh-CN": "上网", "en": "mobile data"},
}
SETTING = Setting(
    operator={"zh-CN": "云港电信", "en": "YG Telecom"},
    signature={"zh-CN": "云港电信", "en": "YG Telecom"},
    zone="Asia/Shanghai",
    hotline="10000",
    emergency_numbers=("110", "119", "120"),
    public_url="https://yg.example",
    sandbox=False,
)


def at(clock: str, day: int = 14) -> datetime:
    """A Beijing time of October 2026, in UTC."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC) - LOCAL


UNKNOWN = Incident(
    id=1,
    reference="INC-20261014-0001",
    type=IncidentType.NETWORK_FAULT,
    level=1,
    status=Status.RESPONDING,
    title="internal title",
    areas=(),
    services=(),
    aware_at=at("14:20"),
    aware_source="alarm",
    opened_at=at("14:25"),
    opened_by="alice",
)
KNOWN = replace(
    UNKNOWN,
    areas=("330108",),
    services=("voice", "data"),
    onset_at=at("14:15"),
    affected=Affected(46_000),
    cause={
        "zh-CN": "一处传输设备故障，备用路由未能自动接管",
        "en": "a transmission node failed and the standby route did not take over",
    },
    cause_status="confirmed",
    actions=(
        {"zh-CN": "已派出两支抢修队。", "en": "two repair crews were sent."},
        {"zh-CN": "已将业务切换到备用路由。", "en": "traffic was moved to the standby route."},
    ),
    workaround={"zh-CN": "可使用固定电话和宽带Wi-Fi", "en": "use a landline or home Wi-Fi"},
    effects={
        "zh-CN": "恢复后短时间内网络可能较慢",
        "en": "the network may be slow for a while after restoration",
    },
    expected_at=at("18:30"),
)
OVER = {"status": Status.RESOLVED, "restored_at": at("18:12"), "resolved_at": at("19:10")}


TO_COME = {
    "status": Status.SCHEDULED,
    "planned_start_at": at("14:15", day=18),
    "planned_end_at": at("18:30", day=18),
}
BACK = {"status": Status.RESTORED, "restored_at": at("14:41")}
PLANNED = Kind.PLANNED_WORK_NOTICE.value
SILENT = (*FINAL, APOLOGY, WITHDRAWAL, PLANNED, COMPLAINT)
"""Kinds after which this outage tells nothing more."""
CORRECTED = Correction(
    1,
    {"zh-CN": "受影响约46,000户", "en": "about 46,000 services affected"},
    {"zh-CN": "受影响约52,000户", "en": "about 52,000 services affected"},
)
WITHDRAWN = Correction(
    1,
    {"zh-CN": "滨江区服务中断", "en": "service in Binjiang was interrupted"},
    {
        "zh-CN": "滨江区服务一直正常，通报因系统误报发出",
        "en": "service there worked all the time; a false alarm was passed on",
    },
)
CREDIT = Compensation(
    {
        "zh-CN": "故障期间在滨江区有服务记录的用户",
        "en": "customers with service in Binjiang during the outage",
    },
    {"zh-CN": "减免2天基本月费", "en": "two days of plan fee"},
    {"zh-CN": "11月账单体现", "en": "on your November bill"},
    automatic=True,
)
SAID = {
    CORRECTION: {"correction": CORRECTED},
    WITHDRAWAL: {"correction": WITHDRAWN},
    APOLOGY: {"compensation": CREDIT},
}


def known(kind: str) -> Incident:
    """The outage as a notice of this kind finds it, with everything known."""
    if kind == WITHDRAWAL:
        return replace(KNOWN, status=Status.FALSE_ALARM, workaround={})
    if kind in (*FINAL, APOLOGY):
        return replace(KNOWN, **OVER)
    if kind == PLANNED:
        here = {"areas": KNOWN.areas, "services": KNOWN.services, "effects": KNOWN.effects}
        return replace(UNKNOWN, **here, **TO_COME)
    if kind == COMPLAINT:
        return replace(KNOWN, case=True, affected=None)
    if kind == CORRECTION:
        return replace(KNOWN, affected=Affected(52_000))
    return replace(KNOWN, **BACK) if kind == HOLDING_RESTORED else KNOWN


def bare(kind: str) -> Incident:
    """The same with nothing known."""
    if kind == WITHDRAWAL:
        return replace(UNKNOWN, status=Status.FALSE_ALARM)
    if kind == PLANNED:
        return replace(UNKNOWN, **TO_COME)
    if kind == COMPLAINT:
        return replace(UNKNOWN, case=True)
    if kind in (*FINAL, APOLOGY):
        return replace(UNKNOWN, status=Status.RESOLVED)
    return replace(UNKNOWN, status=Status.RESTORED) if kind == HOLDING_RESTORED else UNKNOWN


def told(kind: str, **more: Any) -> Occasion:
    """The second notice of the day; a final one promises nothing."""
    final = kind in SILENT
    now = at("19:12") if final else at("14:48")
    promised = None if final else at("15:40")
    return replace(Occasion(number=2, at=now, next_update_at=promised, short_number=1042), **more)


def facts(
    kind: str, language: str, incident: Incident = KNOWN, setting: Setting = SETTING, **more: Any
) -> Facts:
    return facts_of(
        incident, told(kind, **{**SAID.get(kind, {}), **more}), language, setting, words(language), NAMES
    )
