"""Ordinary complaints in Chinese: their timeline, and why something about one is refused."""

from __future__ import annotations

COMPLAINTS = {
    "complaint_notice": "一般投诉通知",
    "the complainant": "投诉人",
    "the public": "公众",
    "other operators": "其他电信企业",
    "ordinary complaint": "一般投诉",
    "number elsewhere": "投诉系统编号",
    "the first notice to everybody was due {at}: it is {span} late already, and stands as missed": (
        "面向全体受影响用户的首次通报应于 {at} 前发出：现已迟{span}，按违时记录"
    ),
    "promoted now, it owes everybody a first notice that is {span} late already": (
        "此时升级，面向全体受影响用户的首次通报已迟{span}"
    ),
    # timeline
    "ordinary complaint put on the record: {title}": "登记一般投诉：{title}",
    "the complaint is promoted: {because}": "投诉升级：{because}",
    "bad quality of service": "重大服务质量问题",
    "a change of policy": "重大政策或服务变更",
    "it takes several departments": "涉及多部门协作",
    "it is told when its complainant is reached; it has no page": "告知到投诉人本人即为履行，没有页面条目",
    "when {ref} is settled, its complainant hears how": "{ref} 处理完毕后，须告知投诉人结果",
    # why something is refused, and what to do
    "the summary must have 1 to 200 characters": "摘要须为 1 至 200 个字符",
    "say in a few words what it is about": "用几个词说明投诉内容",
    "no customer {account} in the directory": "客户目录中没有账号 {account}",
    "tongbao customers import FILE puts customers there": "用 tongbao customers import FILE 导入客户",
    "link has more than {longest} characters": "编号超过 {longest} 个字符",
    "give the complaint's number": "填写投诉编号",
    "complaint {link} is {ref} already": "投诉 {link} 已登记为 {ref}",
    "give the instant of the complaint": "填写投诉的时刻",
    "unknown condition {name}": "没有 {name} 这一升级条件",
    "what goes on is a new one: tongbao open": "仍在发生的，另行登记：tongbao open",
    "the class of the complaint follows from --because {because}": "投诉类别由 --because {because} 决定",
    "leave --complaint out": "去掉 --complaint",
    "{ref} is an ordinary complaint of one person": "{ref} 是一位客户的一般投诉",
    "{ref} is an ordinary complaint: its complainant is told by SMS or e-mail, and no page": (
        "{ref} 是一般投诉：以短信或邮件告知投诉人，没有页面"
    ),
    "{ref} is an ordinary complaint: the next word to its complainant is how it ended": (
        "{ref} 是一般投诉：下一次告知投诉人的是处理结果"
    ),
    "leave --next-update out": "去掉 --next-update",
    "{ref} is an ordinary complaint, and has no {kind}": "{ref} 是一般投诉，没有{kind}",
    "{option} is of a new incident, and {ref} is there already": "{option} 用于新事件，而 {ref} 已存在",
    "leave it out; tongbao update {ref} says what is new of that": "去掉该选项；新情况用 tongbao update {ref} 登记",
    "{reference} is no ordinary complaint": "{reference} 不是一般投诉",
    "the complainant of {ref} was not reached: call, and say so": "{ref} 的投诉人未能送达：请致电，并登记",
}
