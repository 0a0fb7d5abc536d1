"""The command line in Chinese: reports to superiors, regimes, and what would be owed."""

from __future__ import annotations

REGIMES = {
    "superior_report": "向上级报告",
    "regulator_report": "监管报告",
    # what to do
    "call your superior about {ref}, then say so": "请就 {ref} 致电上级，然后登记",
    "write to your superior about {ref}, then say so": "请就 {ref} 书面报告上级，然后登记",
    "{rule} of {ref} is owed to {audience}: make it, then say so": (
        "{ref} 须向 {audience} 提交 {rule}：提交后请登记"
    ),
    "does {pack} apply to {ref}? {title} If not: tongbao regime waive {ref} {pack} --reason …": (
        "{pack} 是否适用于 {ref}？{title} 如不适用：tongbao regime waive {ref} {pack} --reason …"
    ),
    # screens
    "enabled": "已启用",
    "switched off": "未启用",
    "to come": "待完善",
    "primary text": "原文",
    "secondary source": "二手来源",
    "not verified": "未核实",
    "regime": "监管制度",
    "source is": "来源",
    "name": "名称",
    "those to come are listed with their sources (--json) and cannot be enabled": (
        "“待完善”的仅列出来源（--json），不能启用"
    ),
    "state: {state}": "状态：{state}",
    "source ({sure}): {source}": "出处（{sure}）：{source}",
    "running incidents owe what they owed; say so if it applies to one: {refs}": (
        "进行中的事件义务不变；如适用于其中之一，请逐一登记：{refs}"
    ),
    "regime {pack}: a person has to say whether it applies": "监管制度 {pack}：须由人判定是否适用",
    "regime {pack} applies since {at}: {reason}": "监管制度 {pack} 自{at}起适用：{reason}",
    "regime {pack} does not apply ({at}): {reason}": "监管制度 {pack} 不适用（{at}）：{reason}",
    "duty": "义务",
    "owed to": "对象",
    "customers": "客户",
    "within the house": "内部",
    "no figure": "法规无数字",
    "shown, never judged": "仅列出，不判定",
    "{n} {n:calendar month|calendar months}": "{n}个日历月",
    "{n} {n:working day|working days}": "{n}个工作日",
    "from {what}": "自{what}起",
    "from when this is made: {what}": "自完成“{what}”起",
    "the change": "变化之时",
    "the last page entry": "上一条公告",
    "{due}, from the onset": "{due}（自发生起算）",
    "{due}, from awareness while the onset is unknown": "{due}（发生时间未知，暂自知悉起算）",
    "{due}, at the latest {cap}": "{due}，最迟{cap}",
    "* the law says at once; the length is the operator's figure": "* 法规要求“立即”；时长为本企业自定",
    "the law says at once; the length is the operator's figure": "法规要求“立即”；时长为本企业自定",
    "it does not concern incidents of this type": "不涉及此类事件",
    "its threshold is reached {at}, if the outage lasts": "若中断持续，{at}达到其门槛",
    "how many are affected is not known: its threshold is not reached by these facts": (
        "受影响数量未知：按现有信息未达到其门槛"
    ),
    "a person says whether it applies: {question}": "由人判定是否适用：{question}",
    # why a window is due
    "it is owed to {name}": "对象：{name}",
    "it became owed: the level rose, or a regime was found to apply": "开始须履行：级别提高，或认定监管制度适用",
    "it is owed again": "重新须履行",
    "the telling of {rule}": "{rule} 完成之时",
    # timeline
    "does {pack} apply? {question}": "{pack} 是否适用？{question}",
    "regime {pack} applies: {reason}": "监管制度 {pack} 适用：{reason}",
    "regime {pack} does not apply: {reason}": "监管制度 {pack} 不适用：{reason}",
    "its threshold is reached by the record": "记录显示已达到其门槛",
    # refusals
    "the regime {name} is data to come: it is listed and cannot be used yet": (
        "监管制度 {name} 尚待完善：仅列出，不能使用"
    ),
    "no regime {name}": "没有监管制度 {name}",
    "the regime {name} is switched on already": "监管制度 {name} 已启用",
    "the regime {name} is not switched on": "监管制度 {name} 未启用",
    "the regime {name} applies to {ref} since {at}": "监管制度 {name} 自 {at} 起已适用于 {ref}",
    "at is before awareness": "at 早于知悉时刻",
    "awareness ≤ classification ≤ now": "知悉 ≤ 定级 ≤ 现在",
    "task {id} asks whether a regime applies": "任务{id}询问监管制度是否适用",
    "no unit {code}": "没有单位 {code}",
    "task {id} asks who supervises": "任务{id}要求指定督办人",
    "the roster does not say which unit {name} is of": "值班表未注明 {name} 属于哪个单位",
    "--unit CODE, see tongbao org list": "请加 --unit CODE，见 tongbao org list",
    "{name} is of {unit} on the roster, not of {given}": "值班表中 {name} 属于 {unit}，不属于 {given}",
    "leave --unit out, or change the roster: tongbao roster list": "请不加 --unit，或修改值班表：tongbao roster list",
    "a duty of it is waived by itself: tongbao waive WINDOW --reason '…'": (
        "可逐项豁免：tongbao waive WINDOW --reason '…'"
    ),
    "--reason 'who decided it, and why'": "--reason '谁决定、为何'",
}
