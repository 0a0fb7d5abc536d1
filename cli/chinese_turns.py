"""The turns that nobody plans, in Chinese: levels that fall, waivers, ends that were none, duplicates, parts."""

from __future__ import annotations

TURNS = {
    "merged into {into}": "并入 {into}",
    "{ref} is a duplicate of it and was merged into it": "重复事件 {ref} 并入本事件",
    "{areas} went to {into}": "{areas} 拆到 {into}",
    "split off {of}: {areas}": "自 {of} 拆出：{areas}",
    "a merge or a split cannot be taken back": "合并和拆分不能撤回",
    "an incident is no duplicate of itself": "事件不能与自身合并",
    "{ref} still owes a {kind}": "{ref} 仍欠一份{kind}",
    "{ref} and {into} hit other people by other services": "{ref} 与 {into} 影响的人和业务各不相同",
    "keep both; each tells its own customers": "两件都保留，各自通报客户",
    "areas to split off must be some of those that {ref} has, and not all of them": (
        "要拆出的地区须是 {ref} 已有地区中的一部分"
    ),
    "name its areas one by one first: tongbao update REF --area …": "先逐一列明地区：tongbao update REF --area …",
    "{ref} has an uploaded list, which cannot be divided by area": "{ref} 有上传名单，无法按地区拆分",
    "open a second incident for the part: tongbao open": "为该部分另开一件：tongbao open",
    "the first notice ({id}) is going out": "首次通报（{id}）正在发出",
    # what moved a clock, and what was learnt after a verdict
    "opened": "开立",
    "upgrade": "升级",
    "promise": "承诺",
    "grown": "影响扩大",
    "aware_earlier": "查明更早知悉",
    "aware_later": "知悉时间更正（后移）",
    "renewed": "重新负有首次通报义务",
    "split": "拆分",
    "became_owed": "升级后新增的义务",
    "undo": "撤回操作",
    "upgraded_after_verdict": "判定后升级",
    "aware_earlier_after_verdict": "判定后查明更早知悉",
    "accepted_before_due_on_evidence": "有证据表明到期前通道商已受理",
    "undone": "操作撤回",
    "resolution": "已恢复",
    "newer_progress_notice": "有更新的进展通报",
    "late_by_discovery": "知悉时间查明过晚",
    "asked for": "申请事项",
    "decision": "决定",
    "{id} asks for level {level} and is undecided; decline it first": "{id} 已申请调为{level}级，尚未决定；请先退回",
    "level {from} → {to}": "{from}级 → {to}级",
    "waive: {duty} (window {id}, due {due})": "豁免：{duty}（时限{id}，到期 {due}）",
    "waive: {duty} (window {id}, due {due}, {n} {n:person|people})": "豁免：{duty}（时限{id}，到期 {due}，{n}人）",
    "downgrade": "下调级别",
    "waiver": "豁免时限",
    "overtaken": "已被情况变化取代",
    "{id}: {what} of {ref}, {state}": "{id}：{ref} {what}，{state}",
    "nothing is called {id}": "没有编号为 {id} 的事项",
    "it became known late that the operator had known earlier": "事后查明本单位更早已知悉",
    "it was a false alarm": "属误报",
    "it was refused as an incident": "已驳回，不作为事件",
    "the duty went over to the incident that this one was merged into": "义务已转到合并后的事件",
    "the incident was reopened": "事件已重新启动",
    "window {id} is {state}; only a missed duty that is still owed is ended so": (
        "时限{id}为{state}；只有已违时而仍未履行的义务才能这样终止"
    ),
    "window {id} was missed; a waiver is possible only before it is due": "时限{id}已违时；豁免须在到期之前",
    "window {id} is {state} already": "时限{id}已是{state}",
    "write it as: 中文 // English; customers who were told read it": "写成：中文 // English；已收到通报的客户会读到它",
    "{id} asks for that already and waits for a person other than {author}": (
        "{id} 已提出同样的申请，待 {author} 以外的人决定"
    ),
    "{name} asked for {id}; another person must approve it": "{id} 由 {name} 提出；须由另一人审批",
    "{ref} is {status} at level {level}; there is nothing to lower": "{ref} 为{status}、{level}级；没有可下调的级别",
}
