"""What the timeline's sentences are in Chinese, and the words that stand in them."""

from __future__ import annotations

TIMELINE = {
    "opened at level {level}: {title}": "开立，{level}级响应：{title}",
    "confirmed as real": "核实属实",
    "level {from} became level {to}: {reason}": "{from}级调为{to}级：{reason}",
    "{asked_by} asks for level {level}: {reason}": "{asked_by} 申请调为{level}级：{reason}",
    "a second person agrees to level {level}": "第二人同意调为{level}级",
    "level {level} was refused: {refusal}": "不同意调为{level}级：{refusal}",
    "level {level} is no longer asked for: things moved on": "情况已变，调为{level}级的申请失效",
    "the waiver of window {window} is no longer asked for: the duty is decided": "时限{window}已有结论，豁免申请失效",
    "{asked_by} asks to waive window {window}: {reason}": "{asked_by} 申请豁免时限{window}：{reason}",
    "a second person agrees to waive window {window}": "第二人同意豁免时限{window}",
    "the waiver of window {window} was refused: {refusal}": "不同意豁免时限{window}：{refusal}",
    "window {window} waived: {reason}": "豁免时限{window}：{reason}",
    "window {window} is no longer owed: {reason}": "时限{window}的义务终止：{reason}",
    "known since {aware_at}; {reason}": "知悉时间改为 {aware_at}；{reason}",
    "began {onset_at}; {reason}": "发生时间改为 {onset_at}；{reason}",
    "reopened: {reason}": "重新启动：{reason}",
    "service is not back, or lost again: {reason}": "业务未恢复或再次中断：{reason}",
    "false alarm: {words}": "误报：{words}",
    "refused as an incident: {words}": "驳回，不作为事件：{words}",
    "what was told is not so ({kind}, notice {notice}): {words}": "已通报内容不实（{kind}，通报{notice}）：{words}",
    "material: {change}": "重大变化：{change}",
    "learnt after the verdict of window {window}: {finding}": "时限{window}判定后得知：{finding}",
    "new facts: {changed}": "情况更新：{changed}",
    "the facts still suggest level {to}": "按已知情况，建议级别仍为{to}级",
    "{kind} {sequence} stays due {due_at}": "{kind}{sequence} 到期仍为 {due_at}",
    "the facts suggest level {to} instead of {from}": "按已知情况，建议级别由{from}级变为{to}级",
    "the level is due for review: how big it is is still unknown": "影响范围仍不明，定级复核时间已到",
    "level {level} stays: {reason}": "维持{level}级：{reason}",
    "a part is back since {restored_at}": "自 {restored_at} 起部分恢复",
    "service is back since {restored_at}": "自 {restored_at} 起业务恢复",
    "response stood down": "解除响应",
    "one notice of both outage and restoration is owed": "须发一份发生与恢复合并通报",
    "the record is closed": "结案",
    "{text}": "{text}",
    "went wrong: {words}": "问题：{words}",
    "another alarm of {source} joined (event {event}): {reasons}": (
        "{source} 的又一条告警并入（外部事件{event}）：{reasons}"
    ),
    "{source} says that its alarm is over": "{source} 报告告警已恢复",
    "playbook {playbook} applies": "启用预案 {playbook}",
    "task for {department}: {task}": "向{department}派发任务：{task}",
    "task taken: {task}": "任务已接手：{task}",
    "nobody took the task of {department} by {due_at}: {task}": "{department}的任务到{due_at}仍无人接手：{task}",
    "no one has the role {role}": "没有人担任岗位“{role}”",
    "{action}: {text}": "{action}：{text}",
    "task done: {task}": "任务完成：{task}",
    "task skipped: {task}; {reason}": "任务跳过：{task}；{reason}",
    "{kind} {sequence} is due {due_at}": "{kind}{sequence} 到期 {due_at}",
    "{kind} {sequence} is due {due_at} instead of {from}": "{kind}{sequence} 到期由 {from} 改为 {due_at}",
    "{kind} {sequence} was told in time": "{kind}{sequence} 按时履行",
    "{kind} {sequence} was missed: {causes}": "{kind}{sequence} 违时：{causes}",
    "{kind} {sequence} was waived": "{kind}{sequence} 已豁免",
    "{kind} {sequence} ended before it was due": "{kind}{sequence} 到期前失效",
    "{kind} {sequence} was told after its time": "{kind}{sequence} 逾期后履行",
    "{kind} {sequence} is no longer owed": "{kind}{sequence} 义务终止",
    "joins window {window}, which is still open": "并入尚未到期的时限{window}",
    "window {window} was told by hand: {how}, to {whom} ({evidence})": (
        "时限{window}由人工履行：{how}，告知{whom}（{evidence}）"
    ),
    "window {window} was told by hand: {how} ({evidence})": "时限{window}由人工履行：{how}（{evidence}）",
    "notice {notice} drafted ({kind})": "通报{notice}拟稿（{kind}）",
    "notice {notice} submitted for {audience_size} people": "通报{notice}提交审批，对象{audience_size}人",
    "notice {notice} approved": "通报{notice}审批通过",
    "notice {notice} released to {audience_size} people, number {number}": (
        "通报{notice}放行，对象{audience_size}人，第{number}号"
    ),
    "notice {notice} told: {reached} reached, {impossible} cannot be": (
        "通报{notice}完成：已告知{reached}人，无法告知{impossible}人"
    ),
    "notice {notice} was overtaken by the record; a new draft is needed": (
        "通报{notice}已被记录的变化取代，须重新拟稿"
    ),
    "notice {notice} stopped: {reason}": "通报{notice}停止：{reason}",
    "notice {notice} declined: {reason}; draft {again} waits for its author": (
        "通报{notice}被退回：{reason}；草稿{again}待起草人修改"
    ),
    "notice {notice} said something wrong: those who were told are owed a correction": (
        "通报{notice}有误：须向收到者更正"
    ),
    "notice {notice} is to be withdrawn before those who were told": "通报{notice}须向收到者撤回",
    "the correction of notice {notice} is written again": "通报{notice}的更正重新拟稿",
    "the withdrawal of notice {notice} is written again": "通报{notice}的撤回重新拟稿",
    "task withdrawn with the act that opened it: {step}": "随撤回的操作收回任务：{step}",
    "notice {notice}: {channel} in {language} has its own words": "通报{notice}：{channel}（{language}）改用自拟文字",
    "notice {notice}: {channel} in {language} has the template's words again": (
        "通报{notice}：{channel}（{language}）恢复模板文字"
    ),
    "{people} more {people:person is|people are} hit; window {window} is their first notice": (
        "新增{people}名受影响客户；时限{window}为其首次通报"
    ),
    "taken back within five minutes: {act}": "五分钟内撤回操作：{act}",
    "notice {notice} paused: {reason}": "通报{notice}暂停：{reason}",
    "notice {notice} goes on": "通报{notice}继续",
    "page entry {number} is live at {address} (notice {notice})": (
        "页面第{number}号已上线，见 {address}（通报{notice}）"
    ),
    "page entry {number} is live (notice {notice})": "页面第{number}号已上线（通报{notice}）",
    "notice {notice}: {outcomes}": "通报{notice}：{outcomes}",
    "{deliveries} unsent messages expired, overtaken by {why}": "{deliveries}条未发消息过期，被 {why} 取代",
    "{deliveries} unsent messages cancelled: {why}": "取消{deliveries}条未发消息：{why}",
    # words in them
    ", ": "、",
    "; ": "；",
    "duty_manager": "值班经理",
    "comms": "宣传",
    "commander": "指挥长",
    "headquarters": "总部",
}
