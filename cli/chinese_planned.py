"""Planned work in Chinese: its screens, its timeline, and why something about it is refused."""

from __future__ import annotations

PLANNED = {
    "{ref} is planned work: nothing about it is taken back": "{ref} 是计划作业：其操作不能撤回",
    "move it: tongbao planned change {ref} --reason '…', or call it off: tongbao planned cancel {ref} --reason '…'": (
        "改期：tongbao planned change {ref} --reason '…'；取消：tongbao planned cancel {ref} --reason '…'"
    ),
    "say when it is over: tongbao planned complete {ref}": "结束后登记：tongbao planned complete {ref}",
    "put it on the record anew: tongbao planned add": "重新登记：tongbao planned add",
    "planned_work_notice": "计划作业通知",
    # screens
    "planned work": "计划作业",
    "from ({zone})": "开始（{zone}）",
    "became incident": "转为事件",
    "no planned work": "没有计划作业",
    "{ref}: {state}, from {start} to {end}: {title}": "{ref}：{state}，{start}至{end}：{title}",
    "from {start} to {end} ({zone})": "{start}至{end}（{zone}）",
    "where: {areas}; what: {services}": "地区：{areas}；业务：{services}",
    "it was not over in time: {ref}": "未按时完成：{ref}",
    "told?": "告知",
    "{ref} has to be said to begin, and to be over: else it becomes an incident": (
        "{ref} 的开始和完成须登记，否则会转为事件"
    ),
    # why a window stands as it does
    "planned work was put on the record, or moved, when this was due already": "计划作业登记或改期时已过到期时刻",
    "the planned work was cancelled": "计划作业已取消",
    "the planned work was over": "计划作业已完成",
    "the planned work was not over in time and became an incident": "计划作业未按时完成，已转为事件",
    "what was to be taken back had reached nobody": "须撤回或更正的内容其实无人收到",
    "nobody is left whom it was owed to": "应告知的客户已不在影响范围内",
    "the planned work takes place when customers were told it would, after all": "计划作业仍按已告知客户的时间进行",
    "by the rule alone it is due by then, {at}; this strict instant stays on the record": (
        "按规则须在此之前完成，即 {at}；这一严格时刻保留在记录中"
    ),
    "by the rule alone it is due {span} before that, {at}; this strict instant stays on the record": (
        "按规则须提前 {span}，即 {at}；这一严格时刻保留在记录中"
    ),
    "the planned work was moved": "计划作业改期",
    "the planned work was moved after the verdict": "结论作出后计划作业改期",
    # timeline
    "planned work put on the record: {title}, from {planned_start_at} to {planned_end_at}": (
        "登记计划作业：{title}，{planned_start_at}至{planned_end_at}"
    ),
    "planned work moved: {reason}": "计划作业改期：{reason}",
    "planned work begun": "计划作业开始",
    "planned work completed": "计划作业完成",
    "planned work cancelled: {words}": "计划作业取消：{words}",
    "not over at its planned end: {incident} was opened": "到计划结束时刻仍未完成：已开立 {incident}",
    "the alarm of {source} fires on after the planned work (event {event}): {incident}": (
        "{source} 的告警在计划作业之后仍未消除（事件记录 {event}）：{incident}"
    ),
    "an alarm of {source} lies in this planned work (event {event}): {reasons}": (
        "{source} 的告警属于本计划作业（事件记录 {event}）：{reasons}"
    ),
    # refusals
    "{ref} is planned work, not an incident": "{ref} 是计划作业，不是事件",
    "no planned work {reference}": "没有计划作业 {reference}",
    "{ref} is no planned work": "{ref} 不是计划作业",
    "{ref} is planned work, and has no {kind}": "{ref} 是计划作业，没有 {kind}",
    "the notice ({id}) is released already": "通知（{id}）已放行",
    "say in a few words what is done": "用几个字说明做什么",
    "{field} must be known: customers are told where and what": "须给出 {field}：要告知客户地区和业务",
    "{option} must be known: it is what customers are told": "须给出 {option}：要告知客户",
    "put it on the record when its date is fixed": "日期确定后再登记",
    "start is in the past": "start 已过",
    "planned work is put on the record before it begins; what fails now is an incident: tongbao open": (
        "计划作业须在开始之前登记；正在发生的故障是事件：tongbao open"
    ),
    "end is not after start": "end 不在 start 之后",
    "give the instant at which it is over": "请给出结束时刻",
    "end is in the past": "end 已过",
    "give an instant ahead": "请给出将来的时刻",
    "start is more than {days} days ahead": "start 在 {days} 天以后",
    "planned work lasts at most {days} days": "计划作业最长 {days} 天",
    "put each stretch on the record by itself": "请分段登记",
    "{ref} has begun": "{ref} 已开始",
    "only --end can be changed": "只能改 --end",
    "name another --start or --end": "请给出不同的 --start 或 --end",
    "{ref} begins at {at}": "{ref} 于 {at} 开始",
    "{ref} has not begun": "{ref} 尚未开始",
    "planned work that is announced is cancelled, or its notice corrected": "已告知的计划作业应取消，或更正其通知",
    "cannot {act} planned work that is {status}": "计划作业状态为 {status}，不能 {act}",
    "cannot {act} planned work that was to be over at {at}": "计划作业应于 {at} 结束，已超时，不能 {act}",
}
