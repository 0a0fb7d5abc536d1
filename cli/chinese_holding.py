"""The holding notice, forecasts and approvals in advance in Chinese."""

from __future__ import annotations

HOLDING = {
    # screens
    "window {id} cannot be told in time as things stand": "按目前情况，时限 {id} 无法按时完成通报",
    "window {id}: sending alone takes more than half of the window; nothing direct goes by itself": (
        "时限 {id}：仅发送就要占用一半以上时限，不会自动直接发送"
    ),
    "  forecast to be told by {at}": "  预计完成通报：{at}",
    "  doubtful, because it is in trouble or needs what is hit: {channels}": (
        "  不可靠（渠道故障，或依赖受影响的业务）：{channels}"
    ),
    "a shorter text": "缩短文字",
    "    another provider, or a faster sender: the operator sets [sms] and [email], then restarts": (
        "    换一家通道商或提高发送速率：由运维修改设置 [sms]、[email] 并重启"
    ),
    "e-mail first": "先发邮件",
    "the page now": "先发公告页",
    "window {id}: {name} holds the holding notice: {reason}": "时限 {id}：{name} 暂停了临时通报：{reason}",
    "window {id}: its holding notice is notice {notice}": "时限 {id}：临时通报为通报 {notice}",
    "window {id}: the holding notice goes by itself {left}": "时限 {id}：临时通报将自动发出，{left}",
    "window {id}: no holding notice goes: {why}": "时限 {id}：不发临时通报：{why}",
    "window {id}: no {channel} of the holding notice goes by itself: {why}": (
        "时限 {id}：临时通报的{channel}不会自动发出：{why}"
    ),
    "the approval {id} of the holding texts: {standing} ({day}); renew it: {command}": (
        "临时通报文本的批准 {id}：{standing}（{day}）；请重新提交：{command}"
    ),
    "no holding text is approved: nothing will go by itself": "没有已批准的临时通报文本：不会自动发出任何通报",
    "AUTOMATIC: it went by itself, by an approval in advance": "自动：依据事先批准自动发出",
    "kept back so far: {channels}": "暂未发出的渠道：{channels}",
    "{n} {n:message|messages} did not go: another notice had reached these people meanwhile": (
        "{n} 条未发：这些客户已由另一通报告知"
    ),
    "approval": "批准",
    "holding texts": "临时通报文本",
    "{id}: {state} (until {day}) → {command}": "{id}：{state}（至 {day}）→ {command}",
    "{n} {n:approval|approvals} in advance": "事先批准 {n} 项",
    "expires_soon": "30 天内到期",
    "approval_expired": "已到期",
    "text_changed": "文本已改动",
    "types": "类型",
    "levels": "级别",
    "people at most": "人数上限",
    "until": "有效至",
    "in force": "有效",
    "ends within 30 days": "30 天内到期",
    "has ended": "已到期",
    "texts changed since": "文本已改动",
    # why not
    "its time has not come": "时间未到",
    "a person's notice is on its way and will make it": "人工通报正在发送，能按时完成",
    "a person's notice is on its way": "人工通报正在发送",
    "a person holds it": "有人暂停了它",
    "no holding text is approved for this type and level": "此类型和级别没有已批准的临时通报文本",
    "the approval of the holding text has expired": "临时通报文本的批准已到期",
    "the holding texts have changed since they were approved": "临时通报文本在批准后有改动",
    "after a gap of more than a day nothing goes by itself before a person has looked": (
        "停机超过一天后，须有人查看才会自动发送"
    ),
    "the window is past due": "时限已过",
    "no person has confirmed the incident": "事件尚未有人核实",
    "more people than may be told on the word of programs alone": "人数超过仅凭系统告警可自动通知的上限",
    "it went when the level asked for the page alone: a person tells the others": "当时只要求网页，其余须由人发出",
    "more people than the text is approved for": "人数超过文本批准的上限",
    "sending would take longer than half of the window": "发送所需时间超过时限的一半",
    # timeline
    "window {window} cannot be told in time as things stand: forecast {forecast_at}, due {due_at}": (
        "按目前情况时限 {window} 无法按时完成：预计 {forecast_at}，到期 {due_at}"
    ),
    "holding notice {notice} leaves for window {window}: {channels} (approval {approval})": (
        "为时限 {window} 发出临时通报 {notice}：{channels}（批准 {approval}）"
    ),
    "no holding notice goes for window {window}: {why}": "时限 {window} 不发临时通报：{why}",
    "holding notice of window {window}: not by itself by {channels}": "时限 {window} 的临时通报不自动走：{channels}",
    "the holding notice of window {window} is held: {reason}": "时限 {window} 的临时通报被暂停：{reason}",
    "the holding notice of window {window} may go again": "时限 {window} 的临时通报恢复",
    # refusals
    "{ref} owes nothing that has a holding notice": "{ref} 没有可用临时通报的待办时限",
    "the holding notice of {ref} went already": "{ref} 的临时通报已经发出",
    "no holding notice can go for {ref}: {why}": "{ref} 不能发临时通报：{why}",
    "the holding notice of window {id} is held: {why}": "时限 {id} 的临时通报被暂停：{why}",
    "{n} people are hit, and the holding text is approved for {most} at most": (
        "受影响 {n} 人，而临时通报文本最多只批准 {most} 人"
    ),
    "it is held already": "已经暂停",
    "it is not held": "没有暂停",
    "window {id} has no holding notice ahead": "时限 {id} 没有待发的临时通报",
    "types and levels (1 to 3) are needed": "需要类型和级别（1 至 3）",
    "maximum must be a number of people from 1": "maximum 须为不小于 1 的人数",
    "an approval in advance ends within a year from now": "事先批准须在一年内到期",
    "give a day within a year": "给出一年内的日期",
    "{name} submitted {id}; another person must approve it": "{id} 由 {name} 提交，须由另一人批准",
    "ask someone else: tongbao holding list": "请他人批准：tongbao holding list",
    "the holding texts have changed since {id} was submitted": "{id} 提交后临时通报文本有改动",
    "{id} has expired": "{id} 已到期",
    "no approval {id}": "没有批准 {id}",
    "a holding notice is not drafted: its text is approved in advance": "临时通报不用起草：文本已事先批准",
    # a notice for nobody
    "the directory is empty": "客户目录为空",
    "nobody in the directory has these services in these areas": "客户目录中没有这些地区和业务的客户",
    "which areas and services are hit is not known": "受影响的地区和业务不明",
    "window {id}: the notice is out and reached nobody: {why}": "时限 {id}：通报已发出，但没有告知任何人：{why}",
    "  say how customers were told: tongbao fulfil {id} --how '…' --evidence '…'": (
        "  请登记如何告知客户：tongbao fulfil {id} --how '…' --evidence '…'"
    ),
    "the directory is empty, so only the page tells: tongbao customers import FILE": (
        "客户目录为空，只能由网页告知：tongbao customers import FILE"
    ),
    "nobody in the directory has {services} in {areas}, so only the page tells: tongbao customers import FILE": (
        "客户目录中没有 {areas} 使用 {services} 的客户，只能由网页告知：tongbao customers import FILE"
    ),
    (
        "which areas and services are hit is not known, so only the page tells: "
        "tongbao update {ref} --area CODE --service CODE"
    ): "受影响的地区和业务不明，只能由网页告知：tongbao update {ref} --area CODE --service CODE",
}
"""English -> Chinese."""
