"""What the commands of playbooks and tasks say in Chinese, with every problem of a playbook."""

from __future__ import annotations

PLAYBOOKS = {
    # heads and labels
    "playbook": "预案",
    "origin": "来源",
    "own": "自有",
    "shipped": "自带",
    "approved by": "审批人",
    "effective from": "生效日期",
    "review due": "复审日期",
    "overdue": "已逾期",
    "active": "现行",
    "unapproved": "未批准",
    "in force later": "待生效",
    "replaced": "已被替代",
    "phase": "阶段",
    "report": "上报",
    "respond": "响应",
    "handle": "处置",
    "recover": "恢复",
    "review": "复盘",
    "role": "岗位",
    "limit": "时限",
    "leads": "牵头",
    "duty_manager": "值班经理",
    "comms": "宣传",
    "legal": "法务",
    "commander": "指挥长",
    "headquarters": "总部",
    "admin": "管理员",
    "approver": "审批人",
    "viewer": "查阅者",
    "trigger": "告警接入",
    "diagnose": "排查",
    "repair": "抢修",
    "workaround": "临时措施",
    "service_uplift": "服务升级",
    "{file} has problems and is not used": "{file} 有问题，未予采用",
    "review due {day}": "复审日期：{day}",
    "closes after: {steps}": "结案前须完成：{steps}",
    "warning": "提醒",
    "{n} {n:playbook is|playbooks are} in order": "{n}份预案没有错误",
    "{n} {n:problem|problems}": "{n}处问题",
    "no one has the role {role}, and its tasks have nobody; name one: tongbao user add": (
        "没有人担任岗位“{role}”，其任务无人承办；请指定人员：tongbao user add"
    ),
    "{ref} is not confirmed: its handling has not begun": "{ref} 尚未确认，处置阶段还没有开始",
    "nobody with the role {role} has acknowledged task {id}": "岗位“{role}”无人接手任务{id}",
    # refusals
    "no playbook for {type}": "没有“{type}”的预案",
    "task {id} is for somebody with the role {role}": "任务{id}须由岗位“{role}”的人员确认",
    "unknown kind of action {name}": "未知的措施类别 {name}",
    "{file} cannot be read: {why}": "{file} 无法读取：{why}",
    "save it as UTF-8 text": "请另存为 UTF-8 文本",
    "tongbao playbook list says which there are": "已有哪些见 tongbao playbook list",
    "No such file or directory": "文件不存在",
    "Is a directory": "是目录",
    # what can be wrong with a playbook
    "it cannot be read: {why}": "无法读取：{why}",
    "the file is longer than {limit} characters": "文件超过{limit}个字符",
    "it is not YAML: {why}": "不是有效的 YAML：{why}",
    "anchors and references are not used in playbooks; write it out": "预案中不使用锚点和引用；请直接写明",
    "it is nested too deeply": "嵌套过深",
    "the key {key} comes twice": "键 {key} 重复",
    "there is no playbook in it": "其中没有预案",
    "{where} is missing": "缺少 {where}",
    "there is no {where} in a playbook": "预案中没有 {where} 这一项",
    "{where}: {why}": "{where}：{why}",
    "{where} is missing in {language}": "{where} 缺少 {language} 文字",
    "step {step} has no owner: its {field} is missing": "步骤 {step} 没有责任人：缺少 {field}",
    "{department} is no department; known: {known}": "没有部门 {department}；现有：{known}",
    "{role} is no role that can own a step; known: {known}": "岗位 {role} 不能承担步骤；可用：{known}",
    "step {step} stands on line {line} already": "步骤 {step} 已在第{line}行出现",
    "{where} names step {step}, which there is not": "{where} 提到的步骤 {step} 不存在",
    "these steps wait for each other: {steps}": "这些步骤互相等待：{steps}",
    "step {step} waits for {other}, which begins only if the level rises": (
        "步骤 {step} 等待 {other}，而后者只在升级时才开始"
    ),
    "step {step} ({track}) waits for {other} ({others}): repair and service never wait for each other": (
        "步骤 {step}（{track}）等待 {other}（{others}）：抢修与服务两条线互不等待"
    ),
    "step {step} ({phase}) waits for {other}, which comes later ({later})": (
        "步骤 {step}（{phase}）等待 {other}，而后者属于更晚的阶段（{later}）"
    ),
    "step {step} begins at {when} but belongs to the earlier phase {phase}": (
        "步骤 {step} 在 {when} 时才开始，却属于更早的阶段 {phase}"
    ),
    "level {level} has no step": "{level}级没有任何步骤",
    "level {level} has no step on the {track} track": "{level}级在 {track} 线上没有步骤",
    "{department} owns steps of both repair and service; they need separate owners": (
        "{department} 同时承担抢修和服务步骤；两条线须由不同部门负责"
    ),
    "level 1 has no step of headquarters with a limit that escalates": (
        "1级没有总部承担、带时限且超时升级的步骤"
    ),
    "step {step} escalates but has no limit": "步骤 {step} 要求超时升级，却没有时限",
    "closing at level {level} names step {step}, which is not of that level": (
        "{level}级的结案条件提到步骤 {step}，而它不属于该级"
    ),
    "closing names step {step}, which begins only if the level rises": (
        "结案条件提到步骤 {step}，而它只在升级时才开始"
    ),
    "{name} wrote it and cannot approve it": "{name} 是编写人，不能自行批准",
    "nobody has approved it: it does not take effect": "尚无人批准，不会生效",
    "its review is due before it takes effect": "复审日期早于生效日期",
    "its review was due on {day}": "应于{day}复审，已逾期",
    "{type} has two active playbooks: {name} here and {other} in {file}": (
        "{type} 有两份现行预案：本文件的 {name} 和 {file} 中的 {other}"
    ),
    "version {version} of {id} is in {file} too": "{id} 的第{version}版也在 {file} 中",
    "version {version} stands before version {shipped} that comes with the program; compare them": (
        "第{version}版排在程序自带的第{shipped}版之前；请对照两者"
    ),
}
