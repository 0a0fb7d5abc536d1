"""What refusals say in Chinese: every template that the rooms raise, and next steps that are sentences."""

from __future__ import annotations

ERRORS = {
    "{what} is not built yet; nothing was changed": "{what}：尚未实现；没有做任何改动",
    "{error}": "{error}",
    "{problems}": "{problems}",
    "{file} is not TOML: {error}": "{file} 不是正确的 TOML：{error}",
    "mend that line, then tongbao doctor --config": "改正该行，然后执行 tongbao doctor --config",
    "{file} line {line} is not UTF-8": "{file} 第{line}行不是 UTF-8",
    "save the file as UTF-8": "请把文件另存为 UTF-8",
    "{file} cannot be read: {why}": "{file} 无法读取：{why}",
    "check the path and who may read it": "检查路径和读取权限",
    "routing file {file} cannot be read: {why}": "路由规则文件 {file} 无法读取：{why}",
    "check routing_file in tongbao.toml, and who may read it": "检查 tongbao.toml 中的 routing_file 和读取权限",
    "it is not UTF-8": "不是 UTF-8",
    "levels file {file} cannot be read: {why}": "定级规则文件 {file} 无法读取：{why}",
    "check levels.file in tongbao.toml, and who may read it": "检查 tongbao.toml 中的 levels.file 和读取权限",
    "the database cannot be read: {why}": "数据库无法读取：{why}",
    "tongbao areas list shows the known ones; tongbao areas import FILE adds some": (
        "tongbao areas list 列出已有地区；tongbao areas import FILE 可导入新的"
    ),
    "tongbao services list shows the known ones; tongbao services import FILE adds some": (
        "tongbao services list 列出已有业务；tongbao services import FILE 可导入新的"
    ),
    "the row has {given} fields, but the header has {wanted}": "该行有{given}个字段，而表头有{wanted}个",
    "{field} is empty, but every row needs it": "{field} 为空，而每行都须填写",
    "{where}: {problem}": "{where}：{problem}",
    "{where}: {key}: {what}": "{where}：{key}：{what}",
    "unknown key": "未知的键",
    # who may
    "{name} may not do this ({permission})": "{name} 无权执行此操作（{permission}）",
    "--as works only while every channel is the sandbox": "--as 仅在所有渠道都是沙箱时可用",
    "TONGBAO_NOW works only while every channel is the sandbox": "TONGBAO_NOW 仅在所有渠道都是沙箱时可用",
    "TONGBAO_NOW is for one-shot commands": "TONGBAO_NOW 只用于一次性命令",
    "unset TONGBAO_NOW": "取消设置 TONGBAO_NOW",
    "set TONGBAO_KEY to your own key": "把 TONGBAO_KEY 设为你自己的密钥",
    "no key": "没有密钥",
    "the key is not valid": "密钥无效",
    "no user {name}": "没有用户 {name}",
    "there is a user {name} already": "已有用户 {name}",
    "a name has 1 to 64 visible characters": "名称须为1至64个可见字符",
    "the key of request {id} was shown once and is not stored": "请求 {id} 的密钥只显示过一次，没有保存",
    "{name} wrote notice {id}; another person must approve it": "通报{id}由 {name} 起草；须由另一人审批",
    "ask someone else: tongbao pending": "请另一人处理：tongbao pending",
    # requests and time
    "request {id} was made before with other arguments": "请求 {id} 此前已用其他参数执行过",
    "use a new --request-id": "换一个新的 --request-id",
    "the clock says {now}, but {last} was already recorded": "时钟为 {now}，但记录中已有 {last}",
    "time does not go back on a record; use a later instant or another home": (
        "记录中的时间不能倒退；请用更晚的时刻或另一个数据目录"
    ),
    "{field} has no time zone": "{field} 没有时区",
    "{option} has no time zone": "{option} 没有时区",
    "{option} is not an instant: {text}": "{option} 不是时刻：{text}",
    "write it as 2026-10-14T14:15:00+08:00": "写成 2026-10-14T14:15:00+08:00",
    "{field} must be a number from 0": "{field} 须为不小于0的数",
    "{option} must be a number from 0, not {text}": "{option} 须为不小于0的数，不能是“{text}”",
    "unknown class of complaint {name}": "未知的投诉类别 {name}",
    "confidence must be estimated or measured": "置信度须为 estimated 或 measured",
    "confidence of an unknown figure": "数量未知，无法说明置信度",
    "give --affected too": "请同时给出 --affected",
    "levels is not YAML: {error}": "定级规则不是 YAML：{error}",
    "levels: {path}: {what}": "定级规则：{path}：{what}",
    "compare with incidents/rules/levels.yaml, which ships with tongbao": (
        "请对照随 tongbao 提供的 incidents/rules/levels.yaml"
    ),
    # the incident
    "no incident {reference}": "没有事件 {reference}",
    "level must be 1, 2 or 3, not {level}": "级别须为1、2或3，不能是{level}",
    "level {level} does not exist": "没有{level}级",
    "1 is the highest": "1级最高",
    "1, 2 or 3": "1、2或3",
    "title must have 1 to 200 characters": "标题须为1至200个字符",
    "say in a few words what fails": "用几个字说明什么出了故障",
    "affected must be a number of services from 0": "受影响业务数须为不小于0的数",
    "leave it out if unknown": "不清楚时可不填",
    "aware is in the future": "知悉时间在未来",
    "give the instant at which it became known": "请给出知悉的时刻",
    "onset {what}": "发生时间{what}",
    "is in the future": "在未来",
    "is after awareness": "晚于知悉时间",
    "onset is after awareness": "发生时间晚于知悉时间",
    "onset ≤ awareness ≤ now": "发生 ≤ 知悉 ≤ 现在",
    "a reason is needed": "须说明原因",
    "--reason 'what changed'": "--reason '有何变化'",
    "unknown column {column}": "未知的列“{column}”",
    "column {column} is there twice": "列“{column}”出现两次",
    "column {column} is missing": "缺少列“{column}”",
    "line {line}: there is no header": "第{line}行：没有表头",
    "no row was accepted; line {line}, {field}: {why}": "没有接受任何一行；第{line}行，{field}：{why}",
    "no row was accepted; line {line}: {why}": "没有接受任何一行；第{line}行：{why}",
    "its details are in {file}": "详情见 {file}",
    "its details could not be written: {why}": "详情未能写入：{why}",
    "a report in this format": "此格式的报告",
    # acts that can be taken back
    "upgraded": "上调级别",
    "downgraded": "下调级别",
    "partly_restored": "部分恢复",
    "aware_changed": "更改知悉时间",
    "reopened": "重新启动",
    "lost_again": "业务再次中断",
    "ended_by_person": "终止义务",
    "correction_notice_owed": "要求更正",
    "withdrawal_notice_owed": "要求撤回",
    "correction_notice_again": "重写更正",
    "withdrawal_notice_again": "重写撤回",
    "the rules of {label} were changed and their version was not": "{label}的规则已改动，版本号却未提高",
    "raise the pack's version; windows keep the rules that they opened by": "请提高版本号；时限按开启时的规则执行",
    "the SMS in {language} has {count} characters; it may have {most}": "{language}短信有{count}个字符，最多{most}个",
    "shorten what was typed: the words of a correction, the names, or your own words": (
        "请缩短输入的内容：更正用语、名称或自拟文字"
    ),
    "{ref} is “{status}”": "{ref} 的状态为“{status}”",
    "a {kind} names the notice that it takes back": "{kind}须指明要更正或撤回的通报",
    "notice {id} is already being taken back by notice {newer}": "通报{newer}已在更正或撤回通报{id}",
    "notice {newer} has told this of notice {id} already": "通报{newer}已就通报{id}告知过此事",
    "notice {id} has told nobody yet": "通报{id}还没有告知任何人",
    "notice {id} is still going out": "通报{id}仍在发送",
    "{name} is missing in {languages}": "{name} 缺少语言：{languages}",
    "--reason 'what has to change'": "--reason '须修改之处'",
    "there is nothing to take back": "没有可以撤回的操作",
    "the last act ({act} at {at}) is more than 5 minutes ago": "上一个操作（{act}，{at}）已超过5分钟",
    "put on the record what is true now: tongbao log REF TEXT, tongbao update REF": (
        "把现在的事实记入记录：tongbao log REF TEXT，tongbao update REF"
    ),
    "{name} did the last act ({act}); nobody else takes it back": "上一操作（{act}）由 {name} 执行；他人不能撤回",
    "ask them to: tongbao undo {ref}": "请本人撤回：tongbao undo {ref}",
    "put on the record what is true now: tongbao update {ref}": "请把实情记入记录：tongbao update {ref}",
    "notice {id} is withdrawn by notice {newer}": "通报{id}已由通报{newer}撤回",
    "notice {id} is no {kind} of {ref} that waits": "通报{id}不是 {ref} 待处理的 {kind}",
    "more than one {kind} of {ref} waits: {ids}": "{ref} 有多份 {kind} 待处理：{ids}",
    "what is right says {number}, which is not on the record of {ref}": "更正内容中的 {number} 不在 {ref} 的记录中",
    "notice {id} has told of it already": "通报{id}已把它告知客户",
    "only a running incident has a level to change": "只有进行中的事件可以调级",
    "{ref} is at level {level} already": "{ref} 已经是{level}级",
    "nothing to change": "没有要改的内容",
    "name at least one new fact": "至少给出一项新情况",
    "its record is final; tongbao log REF TEXT still works": "记录已定；仍可使用 tongbao log REF TEXT",
    "eta is in the past": "预计恢复时间已过",
    "give an instant ahead, or leave it unknown": "给出未来的时刻，或保持未知",
    "cause status must be unknown, suspected or confirmed": "原因状态须为 unknown、suspected 或 confirmed",
    "at is in the future": "时刻在未来",
    "at is before the onset": "时刻早于发生时间",
    "say so when it has happened": "发生之后再记录",
    "{ref} still owes: {owed}": "{ref} 仍未履行：{owed}",
    "window {id}, {kind}": "时限{id}（{kind}）",
    "notice {id}, {state}": "通报{id}（{state}）",
    "task {id}, {title}": "任务{id}（{title}）",
    "the step “{title}”": "预案步骤“{title}”",
    "decision {id}, {asked}": "待决定事项{id}（{asked}）",
    "how it ended ({command})": "处理结果说明（{command}）",
    "report {kind} is older than the record ({command})": "{kind}早于最新记录（{command}）",
    "the text must have 1 to 2000 characters": "文字须为1至2000个字符",
    "{ref} is “{status}”: tongbao {command} is not possible": "{ref} 的状态为“{status}”，不能执行 tongbao {command}",
    "{name} has control characters or line breaks": "{name} 含有控制字符或换行",
    "write it as one plain line": "写成一行普通文字",
    "{name} has more than {longest} characters": "{name} 超过{longest}个字符",
    "shorten it; the record keeps the detail": "请缩短；细节留在记录里",
    "{name}: '//' must stand once, between a Chinese and an English text": (
        "{name}：“//”须在中文和英文之间出现一次"
    ),
    "write it as: 中文 // English": "写成：中文 // English",
    "keep it on the record: tongbao log REF TEXT; progress notices go on: tongbao next": (
        "先记录在案：tongbao log REF TEXT；进展通报照常：tongbao next"
    ),
    # the notice
    "no notice {id}": "没有通报{id}",
    "unknown kind {name}": "未知的种类 {name}",
    "unknown channel {name}": "未知的渠道 {name}",
    "draft a progress_update, or a resolution_notice at the end": (
        "起草 progress_update，或在结束时起草 resolution_notice"
    ),
    "draft a progress_update": "起草 progress_update",
    "the first notice ({id}) is released already": "首次通报（{id}）已放行",
    "the resolution notice ({id}) has told everybody": "恢复通报（{id}）已通知全部客户",
    "nothing more is owed to customers": "对客户已无未尽通报",
    "nobody has been told yet": "还没有告知任何人",
    "the first_notice comes first": "须先发 first_notice",
    "{ref} is not resolved": "{ref} 尚未解除",
    "every notice has a page entry": "每份通报都须有页面条目",
    "add web": "加上 web",
    "notice {id} is submitted and waits for approval": "通报{id}已提交，等待审批",
    "notice {id} is {state}": "通报{id}的状态为{state}",
    "notice {id} is {state}; only a draft can be submitted": "通报{id}的状态为{state}；只有草稿可以提交",
    "notice {id} is {state}, not waiting for approval": "通报{id}的状态为{state}，不在等待审批",
    "notice {id} is {state}, not {wanted}": "通报{id}的状态为{state}，不是{wanted}",
    "notice {id} cannot go out: more people are hit than when it was submitted": (
        "通报{id}不能发出：提交后受影响客户增加"
    ),
    "notice {id} cannot go out: the next update that it promises has passed": (
        "通报{id}不能发出：它承诺的下次通报时间已过"
    ),
    "notice {id} cannot go out: the record has changed since it was submitted": (
        "通报{id}不能发出：提交之后记录已有变化"
    ),
    "notice {id} cannot go out: the record has changed since it was submitted ({fields})": (
        "通报{id}不能发出：提交之后记录已有变化（{fields}）"
    ),
    "notice {id} cannot go out: notice {newer} has gone out since it was submitted, and told part of it": (
        "通报{id}不能发出：提交之后通报{newer}已发出，并已说明其中一部分"
    ),
    "notice {id} is told; what it said is corrected or withdrawn, not stopped": (
        "通报{id}已通报完成；说错的只能更正或撤回，不能停止"
    ),
    "the text or the audience of notice {id} was changed after it was submitted": (
        "通报{id}提交之后，文字或对象被改动"
    ),
    "the next update may be promised for {latest} at the latest": "下次通报最迟可承诺在 {latest}",
    "promise an earlier instant; the cadence is the rule's": "请承诺更早的时刻；频次由规则规定",
    "the next update is not ahead": "下次通报的时间不在未来",
    "promise a later instant": "请承诺更晚的时刻",
    # windows and tasks
    "no window {id}": "没有时限{id}",
    "window {id} is {state}: nothing is owed any more": "时限{id}的判定为“{state}”：没有未履行的义务",
    "window {id} is told by its channels, not by hand": "时限{id}由渠道履行，不能人工确认",
    "its page entry is not live yet": "其页面条目尚未上线",
    "release the notice first": "先放行通报",
    "how and evidence are needed": "须说明方式和证据",
    "no task {id}": "没有任务{id}",
    "task {id} is {state}": "任务{id}的状态为{state}",
    "a reason is needed to skip a task": "跳过任务须说明原因",
    # the directory
    "unknown {what} {code}": "未知的{what} {code}",
    "area": "地区",
    "service": "业务",
    "unknown country {country}": "未知的国家 {country}",
    "unknown language {language}": "未知的语言 {language}",
    "give two capital letters, such as CN or AU": "请用两个大写字母，如 CN 或 AU",
    "area {code}: {why}": "地区 {code}：{why}",
    "at most {limit} customers at once": "一次最多{limit}个客户",
    "send smaller batches": "请减小批量",
    "mend the row": "请改正该行",
    "mend its parent": "请改正其上级",
    "send less": "请少发一些",
    "mend the rows": "请改正这些行",
    "the line is longer than {found} bytes": "该行超过{found}字节",
    "the line is not UTF-8; save the file as CSV UTF-8": "该行不是 UTF-8；请另存为 CSV UTF-8",
    "the line holds a NUL byte": "该行含有 NUL 字节",
    "the line is not sound CSV (quotation marks or line breaks in a cell)": (
        "该行不是正确的 CSV（单元格内的引号或换行）"
    ),
    "the row has {found} fields (expected : given)": "该行有 {found} 个字段（应有 : 实有）",
    "nothing is given": "没有填写",
    "{found} is not a code: 1 to 32 of letters, digits, _ . -": "{found} 不是代码：1至32个字母、数字、_ . -",
    "an account is 1 to 64 visible characters": "账号须为1至64个可见字符",
    "{found} starts like a spreadsheet formula": "{found} 的开头像电子表格公式",
    "{found} is not known": "{found} 未知",
    "{found} is neither yes nor no": "{found} 既不是“是”也不是“否”",
    "a name is 1 to 200 visible characters": "名称须为1至200个可见字符",
    "the same was given on line {found} already": "第{found}行已有同样内容",
    "{found} is not a valid number; accepted without it": "{found} 不是有效号码；已接受，但不含号码",
    "{found} cannot receive SMS; accepted without it": "{found} 不能收短信；已接受，但不含号码",
    "the address is not valid; accepted without it": "邮箱无效；已接受，但不含邮箱",
    "neither phone nor e-mail; accepted, but cannot be told in person": (
        "既无电话也无邮箱；已接受，但无法个别告知"
    ),
    "{found} is no language of our notices; accepted with the default": (
        "通报没有 {found} 这种语言；已按默认语言接受"
    ),
    "control characters or more than 200 characters; accepted without them": (
        "含控制字符或超过200个字符；已去除后接受"
    ),
    "the parent {found} is not known": "上级 {found} 未知",
    "the area would be below itself, through {found}": "该地区会经由 {found} 成为自己的下级",
    "the parent {found} was rejected": "上级 {found} 已被拒绝",
    # what arrives
    "no trigger format {name}": "没有触发格式 {name}",
    "the body has {size} bytes, more than {limit}": "内容有{size}字节，超过{limit}",
    "send fewer alarms at once (Alertmanager: max_alerts)": "一次少发一些告警（Alertmanager：max_alerts）",
    "no event {id}": "没有外部事件{id}",
    "event {id} is {state}, not quarantined": "外部事件{id}的状态为{state}，没有被隔离",
    "event {id} is stored but cannot be read: {problem}": "外部事件{id}已存储，但无法读取：{problem}",
    "only what could not be read is read again": "只有无法读取的才会重读",
    'version: "{version}" is not Alertmanager\'s version "4"': (
        "version：“{version}”不是 Alertmanager 的版本“4”"
    ),
    "{where}: {text} is not a time with its zone": "{where}：{text} 不是带时区的时间",
    "write it as 2026-10-14T06:15:00Z or with an offset": "写成 2026-10-14T06:15:00Z 或带时差",
    'send Alertmanager\'s own webhook body, version "4"': (
        "请发送 Alertmanager 自己的 webhook 内容（版本“4”）"
    ),
    "other senders have their own address under /v1/triggers/": "其他来源在 /v1/triggers/ 下有各自的地址",
    "correct the sender's body": "请改正发送的内容",
    "routing is not YAML: {error}": "路由规则不是 YAML：{error}",
    "routing: {problems}": "路由规则：{problems}",
    # the house
    "no configuration file {path}": "没有配置文件 {path}",
    "check the path": "检查路径",
    "tongbao doctor --config; docs/settings.md lists every key": (
        "tongbao doctor --config；docs/settings.md 列出全部键"
    ),
    "further publish targets need provider files": "更多发布点需要 provider 为 files",
    'set it to "files"': '请设为 "files"',
    "there are {n} publish targets, and {most} at most": "发布点有{n}个，最多{most}个",
    "leave some out: each is written for every entry": "请去掉一些：每条条目都会写到每个发布点",
    "publish target {name} has no {key}": "发布点 {name} 没有 {key}",
    "publish target {name} is at no address: {url}": "发布点 {name} 的地址无效：{url}",
    "begin it with https://, name the host, and leave out any name, password, ? and #": (
        "请以 https:// 开头并写明主机，不要带用户名、密码、? 和 #"
    ),
    "publish targets {name} and {other} have the same {key}": "发布点 {name} 与 {other} 的 {key} 相同",
    "give each target one of its own": "请为每个发布点各设一个",
    "web needs folder and public_url": "web 需要 folder 和 public_url",
    "chat needs token and channel": "chat 需要 token 和 channel",
    "voice needs an account_sid, an auth_token and server.public_url": (
        "voice 需要 account_sid、auth_token 和 server.public_url"
    ),
    "set them in tongbao.toml: a key pressed on the phone comes back to that address": (
        "在 tongbao.toml 中设置；电话上按的键要回到这个地址"
    ),
    "staff are not called here": "此处不给值班人员打电话",
    "set it in tongbao.toml": "在 tongbao.toml 中设置",
    "the callback was there before": "该回调此前已处理过",
    "the callback is about no call of ours": "该回调与我方的通话无关",
    "paging by voice": "语音呼叫值班人员",
    "acknowledge in another way": "请用其他方式确认",
    "sms needs account_sid and auth_token": "sms 需要 account_sid 和 auth_token",
    "set both in tongbao.toml": "在 tongbao.toml 中设置这两项",
    "no provider {name}": "没有通道商 {name}",
    "the signature of the callback is wrong": "回调签名有误",
    "check that the public address and the auth token are those that Twilio uses": (
        "检查公网地址和 auth token 是否与 Twilio 所用一致"
    ),
    "the database is busy": "数据库忙",
    "the database cannot be used just now: {why}": "数据库暂不可用：{why}",
    "leave --channels out": "不要写 --channels",
    "{ref} is resolved; notice {id} would say that it is not": "{ref} 已解除，通报 {id} 却会说尚未解除",
    "a {kind} is owed to each customer and goes by every channel": "{kind} 须逐一通知客户，须走全部渠道",
    "put tongbao.toml into TONGBAO_HOME, or name it by --config or TONGBAO_CONFIG": (
        "把 tongbao.toml 放进 TONGBAO_HOME，或用 --config 或 TONGBAO_CONFIG 指明"
    ),
    "this home was made by another version of tongbao (tables {found}, here {here})": (
        "本目录由另一版本的 tongbao 建立（表版本 {found}，当前 {here}）"
    ),
    "use the version that made it, or a new home; nothing in it was changed": (
        "请使用建立它的版本，或换一个新目录；其中内容没有改动"
    ),
    "this home tells real customers by {before}; the settings found have the sandbox for {lost}": (
        "此目录以 {before} 通知真实客户，而所找到的配置中 {lost} 是沙箱"
    ),
    "SQLite refuses {name}={wanted}": "SQLite 拒绝 {name}={wanted}",
    "check the disk": "检查磁盘",
    "try again": "请重试",
    "rule pack {name} is not YAML: {error}": "规则包 {name} 不是 YAML：{error}",
    "rule pack {name}: {problems}": "规则包 {name}：{problems}",
    "the playbook is not YAML: {error}": "预案不是 YAML：{error}",
    "playbook: {problems}": "预案：{problems}",
    "{fault} has no value": "{fault} 没有值",
    "write it as down=1": "写成 down=1",
    "the check of a proof file": "核验证明文件",
    "tongbao verify --database checks the record of this home": "tongbao verify --database 核验本目录的记录",
    "template {path}: {why}": "模板 {path}：{why}",
    "cannot listen on {host}:{port}: {problem}": "无法监听 {host}:{port}：{problem}",
    "choose another port, or stop what has it": "换一个端口，或停掉占用它的程序",
}
