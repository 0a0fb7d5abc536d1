"""The roster and pages in Chinese: what their screens and refusals say."""

from __future__ import annotations

DUTY = {
    "page {id} is acknowledged ({about})": "呼叫 {id} 已确认（{about}）",
    "it holds until {at}; then people are paged again if it is still owed": (
        "有效至 {at}；届时义务未完成将再次呼叫"
    ),
    "roster": "值班表",
    "page": "呼叫",
    "about": "事由",
    "person": "人员",
    "acknowledged": "确认时间",
    "phone": "电话",
    "email": "邮件",
    "sms": "短信",
    "voice": "语音",
    "reached by": "联系方式",
    "substitutes": "替班人",
    "shift": "班次",
    "from ({zone})": "开始（{zone}）",
    "ends": "结束",
    "repeat": "重复",
    "weekly": "每周",
    "nobody": "无人",
    "on duty at {at}": "{at} 的值班人员",
    "{person} is reached by: {ways}": "{person} 的联系方式：{ways}",
    "somebody who can be reached is on duty at every hour of the next two weeks": (
        "今后两周每个时段都有联系得上的人值班"
    ),
    "nothing that runs asks for a supervisor": "没有需要督办的事件",
    "nobody yet": "尚未指定",
    "supervisor": "督办人",
    "since": "自",
    "pushed": "催办次数",
    "told customers": "告知客户次数",
    "longest silence": "最长未告知",
    "name the person: tongbao supervise REF PERSON": "请写明人员：tongbao supervise REF PERSON",
    "{unit} does not stand above {own}, which handles {ref}": "{unit} 不是 {ref} 处理单位 {own} 的上级",
    "name somebody from a superior unit: --unit CODE, see tongbao org list": (
        "请指定上级单位人员：--unit 编码，见 tongbao org list"
    ),
    "the text must have 1 to {n} characters": "文字须为1至{n}个字",
    "nobody supervises {ref}": "{ref} 尚无督办人",
    "{name} does not supervise {ref}": "{name} 不是 {ref} 的督办人",
    # timeline
    "{person} of {unit} supervises it": "由 {unit} 的 {person} 督办",
    "the supervisor pushes: {text}": "督办人催办：{text}",
    "paged about {about}: {people} (round {round})": "呼叫（{about}）：{people}（第 {round} 轮）",
    "nobody is on duty as {to}, to be paged about {about}": "{to}无人值班，无法呼叫（{about}）",
    "page {page} about {about} was acknowledged": "呼叫 {page}（{about}）已确认",
    "an answer to page {page} was refused: {why}": "对呼叫 {page} 的答复被拒绝：{why}",
    "warning {rung} for the {kind} of window {window}, for {to}: {people}": (
        "时限 {window}（{kind}）的 {rung} 预警，通知{to}：{people}"
    ),
    # the roster's faults
    "the shift names nobody": "班次没有写明人员",
    "there is no user {found}": "没有用户 {found}",
    "{found} is no role of a roster; it is duty_manager, comms, approver, legal, commander or headquarters": (
        "{found} 不是可值班的岗位；可写 duty_manager、comms、approver、legal、commander、headquarters"
    ),
    "the whole house": "全公司",
    "--{field} is not a time: {text}": "--{field} 不是时间：{text}",
    "{found} does not have this role": "{found} 没有这个岗位",
    "there is no unit {found}": "没有单位 {found}",
    "{found} is not a time such as 2026-10-14 08:00": "{found} 不是 2026-10-14 08:00 这样的时间",
    "{found} is neither weekly nor empty": "{found} 既不是 weekly，也不是空白",
    "the shift is empty: it ends when it begins": "空班次：开始与结束相同",
    "the shift is reversed: it ends before it begins": "班次颠倒：结束早于开始",
    "a weekly shift is longer than a week": "每周重复的班次长于一周",
    "the person fills this post already, in shift {found}": "此人同一岗位已有班次 {found}",
    "the roster names nobody": "值班表没有任何人",
    "{person} has neither phone nor e-mail": "{person} 既无电话也无邮箱",
    "{other} stands in for {person}, but is not on the roster": "{other} 是 {person} 的替班人，但不在值班表上",
    "nobody is {role} of {unit} from {from} to {to}": "{from} 至 {to}，{unit}的{role}无人值班",
    # refusals and next steps
    "no shift {id}": "没有班次 {id}",
    "{other} cannot stand in for {name}": "{other} 不能替 {name} 的班",
    "name another user: tongbao user list": "请写另一个用户：tongbao user list",
    "one row for each shift": "每个班次一行",
    "write it as '2026-10-14 08:00', or with its offset": "请写成 '2026-10-14 08:00'，或带上时差",
    "{found} is no number that can be called and texted": "{found} 不是能接电话和短信的号码",
    "give a mobile number, such as +8613900000002": "请给出手机号，例如 +8613900000002",
    "the address is not valid": "地址无效",
    "write it as name@host.example": "请写成 name@host.example",
    "no call-out {id}": "没有呼叫任务 {id}",
    "no page {id}": "没有呼叫 {id}",
    "what page {id} is about is over": "呼叫 {id} 的事由已结束",
    "nothing to do: tongbao board": "无需处理：tongbao board",
    "this code is more than twelve hours old": "此码已超过十二小时",
    "this link is not valid, was used before, or has expired": "此链接无效、已用过或已过期",
    "use the newest page, or tongbao board": "请用最新的呼叫，或 tongbao board",
    "{file} is not whole": "{file} 不完整",
    "remove it: a new one is made": "删除它即可，会重新生成",
}
