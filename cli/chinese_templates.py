"""What the commands of comms staff say in Chinese: remarks about templates, refusals, heads."""

from __future__ import annotations

TEMPLATES = {
    # remarks
    "{why}": "{why}",
    "this is no template's name; it is not used": "文件名不是模板名，不会使用",
    "it names none of {facts}": "缺少这些要素之一：{facts}",
    "words have no links, they end up in an SMS; take {word} out": "用语会进入短信，不得含有链接，请去掉{word}",
    "with nothing known it says none of {facts}; take them out of the {{% if %}}": (
        "情况不明时，文中不会出现{facts}；请把它们移出{{% if %}}"
    ),
    "the other language does not name {facts}; both must say the same": (
        "另一种语言没有写 {facts}；两种语言须内容一致"
    ),
    "only this language is yours; {other} is not in your folder": "只改了这一种语言；您的目录里没有 {other}",
    "a Chinese SMS begins with the signature: 【{{{{ signature }}}}】": (
        "中文短信须以签名开头：【{{{{ signature }}}}】"
    ),
    "the signature {signature} is not 2 to 16 letters, digits or Chinese characters": (
        "签名 {signature} 须为2至16个汉字、字母或数字，且不能全是数字"
    ),
    "a service notice offers no way to refuse it: {word}": "服务通报不得带退订内容：{word}",
    "a service notice promotes nothing: {word}": "服务通报不得带营销内容：{word}",
    "an SMS has one link, {{{{ link }}}}; take {word} out": "短信只能有一个链接 {{{{ link }}}}；请去掉 {word}",
    "besides the notice page it links to {word}; customers learn to trust such links": (
        "除通报页面外还有链接 {word}；客户会因此轻信同类链接"
    ),
    "with the longest names it has {n} characters; an SMS may have {most}": (
        "按最长的名称共{n}字，短信最多{most}字"
    ),
    "it takes {parts} parts, with the longest names {worst}; each is paid for and takes its time": (
        "需{parts}条，按最长的名称为{worst}条；每条都计费，也都占发送时间"
    ),
    "{char} ({name}) makes an English SMS as dear as a Chinese one; write {better}": (
        "{char}（{name}）会使英文短信按中文计费；请改写为 {better}"
    ),
    "{char} ({name}) makes an English SMS as dear as a Chinese one; leave it out": (
        "{char}（{name}）会使英文短信按中文计费；请去掉"
    ),
    "a plain blank": "普通空格",
    "{word} is no time; name {{{{ next_update }}}} or {{{{ expected }}}} in the same line": (
        "“{word}”不是时间；请在同一行写明 {{{{ next_update }}}} 或 {{{{ expected }}}}"
    ),
    "{word}: say how many where it is known, {{{{ affected }}}}": "“{word}”：已知户数时请写明 {{{{ affected }}}}",
    "{word} is no apology; say sorry in one sentence, without conditions": (
        "“{word}”不是道歉；请用一句话道歉，不带条件"
    ),
    "{word} is a name from inside that customers do not know": "“{word}”是内部名称，客户看不懂",
    "the text is empty": "正文为空",
    "the subject or the text is empty": "标题或正文为空",
    "it has a link, or a dot between letters, that is not the notice page's address": (
        "含有通报页面以外的链接，或字母之间有点号"
    ),
    "it has control characters, line separators or direction marks": "含有控制字符、行分隔符或方向标记",
    "the subject has an encoded-word (=?...?=)": "标题含有编码词（=?...?=）",
    "a notice that is not final must say when the next one comes": "不是最后一次的通报须写明下次通报时间",
    "with nothing known it reads “{text}”; put {{% if %}} around it or an honest word beside it": (
        "未知时会成为“{text}”；请用 {{% if %}} 包起来，或写明未知时的说法"
    ),
    # refusals
    "template {path}, line {line}: {why}": "模板 {path} 第{line}行：{why}",
    "{path} is no template's name": "{path} 不是模板名",
    "{path} is empty or longer than {longest} characters": "{path} 为空或超过{longest}字",
    "this text waits for approval already, as {id}": "该文本已在等待审批：{id}",
    "this text of {path} is in force already, as {id}": "{path} 的这份文本已在使用：{id}",
    "{n} texts wait already": "已有{n}份文本在等待审批",
    "{name} wrote {id}; another person must approve it": "{id}由 {name} 提交；须由另一人审批",
    "{id} was changed after it was submitted": "{id}提交后被改动",
    "submit it again: tongbao template submit PATH": "请重新提交：tongbao template submit PATH",
    "{id} was overtaken by what happened meanwhile": "情况已变，{id} 已失效",
    "{id} is {state}, not waiting for approval": "{id} 的状态为{state}，不在等待审批",
    "{id} waits for a person other than {author}": "{id}等待 {author} 以外的人审批",
    "no template {id}": "没有模板文本 {id}",
    "no version {name} of {path}": "{path} 没有版本 {name}",
    "there is no {path} in {folder}": "{folder} 中没有 {path}",
    "{file} is there already": "{file} 已存在",
    "declining a notice": "退回通报",
    "{to} is neither a number with its country code nor an e-mail address": (
        "{to} 既不是带国家码的号码，也不是邮箱地址"
    ),
    "tests go to our own people only, and {to} is not among test_recipients": (
        "试发只发给自己人，{to} 不在 test_recipients 中"
    ),
    "add it to test_recipients in tongbao.toml": "在 tongbao.toml 的 test_recipients 中加上它",
    "{file}: {why}": "{file}：{why}",
    "save it as plain text in UTF-8": "请存为 UTF-8 纯文本",
    "mend the lines marked error, then tongbao template check": (
        "改好标为“错误”的行，再运行 tongbao template check"
    ),
    # screens
    "your folder: {folder}": "您的目录：{folder}",
    "the other {n} are the shipped ones": "其余{n}份为出厂文本",
    "nothing to remark": "没有问题",
    "{errors} {errors:error|errors}, {warnings} {warnings:warning|warnings}": "{errors}个错误，{warnings}个提醒",
    "a sample": "示例",
    "a sample, with the longest names of your directory": "示例，用名录中最长的名称",
    "{n} characters, {alphabet}, parts: {parts}": "{n}字，{alphabet}，计费条数：{parts}",
    "these force the dear alphabet: {chars}": "这些字符使短信按中文计费：{chars}",
    "sent to {to} by {channel}": "已通过 {channel} 发往 {to}",
    "not sent: {why}": "未发出：{why}",
    "the two are the same": "两者相同",
    "alphabet": "字符集",
    "author": "作者",
    "characters": "字数",
    "id": "编号",
    "in your folder": "您的目录",
    "parts": "条数",
    "template": "模板",
    "waiting": "待审批",
    "with the longest names": "最长名称时",
    # words of one notice
    "own words of {name}: {path}": "{name} 的自拟文字：{path}",
    "--reset takes your own words back": "用 --reset 恢复模板文字",
    "notice {id} has no words of its own for {channel} in {language}": (
        "通报{id}的{channel}（{language}）没有自拟文字"
    ),
    "notice {id} is {state}; only a draft can be edited": "通报{id}为“{state}”；只有草稿可以修改",
    "notice {id} has no {name} {value}": "通报{id}没有{name} {value}",
    "line {line}: {why}": "第{line}行：{why}",
    "nothing was changed; docs/comms.md, section 7, says what each text owes": (
        "没有改动；每种文本须写明的事实见 docs/comms.md 第7节"
    ),
    "notice {id} has its own words for {channel} in {language} only": (
        "通报{id}的{channel}只改了{language}一种语言"
    ),
    "{channel} in {language} says {number}, which is not on the record of {ref}": (
        "{channel}（{language}）写有 {number}，而 {ref} 的记录中没有这个数字"
    ),
    "the file is not UTF-8": "文件不是 UTF-8 编码",
    "save it as UTF-8": "请另存为 UTF-8",
    "no editor could be opened: {why}": "无法打开编辑器：{why}",
    "nothing was changed": "没有改动",
    "save the text in the editor, or --file PATH": "请在编辑器中保存，或用 --file PATH",
    # words
    "error": "错误",
    "warning": "提醒",
    "folder": "您的目录",
    "changed": "已改，未提交",
    "waiting for approval": "等待审批",
    "declined": "已退回",
    "combined": "发生与恢复合并通报",
    "correction": "更正",
    "withdrawal": "撤回",
    "holding_notice": "临时通报",
    "holding_restored": "临时通报（已恢复）",
    "apology_compensation": "致歉与补偿",
}
