"""Next steps that are sentences, in Chinese: a command among words, or words alone."""

from __future__ import annotations

STEPS = {
    "did you mean {code} ({name})?": "是否指 {code}（{name}）？",
    "say it in a few words; more goes into another entry": "请用几个字说明；其余另记一条",
    "one of: {known}": "可选：{known}",
    "the columns are {columns}": "可用的列：{columns}",
    "roles that may: {roles}": "有权的角色：{roles}",
    "possible now for {ref}: {commands}": "{ref} 现在可用：{commands}",
    "within 5 minutes: tongbao undo {ref}; later open a new one: tongbao open": (
        "5分钟之内：tongbao undo {ref}；之后请另立事件：tongbao open"
    ),
    "it has ended: tongbao show {ref}": "该事件已经结束：tongbao show {ref}",
    "tongbao approve {id}, or tongbao decline {id} --reason …": (
        "tongbao approve {id}，或 tongbao decline {id} --reason …"
    ),
    "tongbao notice edit {id} {path}, or take them back with --reset": (
        "tongbao notice edit {id} {path}，或用 --reset 恢复模板文字"
    ),
    "name the fact, as {{{{ affected }}}}, or first: tongbao update {ref}": (
        "改写成事实的名称，如 {{{{ affected }}}}；或先执行：tongbao update {ref}"
    ),
    "tongbao decline {id} --reason … gives a new draft": "tongbao decline {id} --reason … 会给出新的草稿",
    "tell it first: tongbao explain {id}": "请先告知：tongbao explain {id}",
    "tongbao approve {id}, or tongbao notice stop {id} --reason …": (
        "tongbao approve {id}，或 tongbao notice stop {id} --reason …"
    ),
    "tongbao planned complete {ref}; the incident that it became is on tongbao board": (
        "tongbao planned complete {ref}；由它产生的事件见 tongbao board"
    ),
    "tongbao regime apply {answer}, or tongbao regime waive {answer}": (
        "tongbao regime apply {answer}，或 tongbao regime waive {answer}"
    ),
    "put it on the record first, as: tongbao update {ref} --affected N": (
        "请先记入记录，如：tongbao update {ref} --affected N"
    ),
    "say it without the figure": "请不写数字",
    "tongbao notice correct {id} --said '…' --right '…', or tongbao notice withdraw {id} --reason '…'": (
        "tongbao notice correct {id} --said '…' --right '…'，或 tongbao notice withdraw {id} --reason '…'"
    ),
    "split when it is told: tongbao notice status {id}": "待其通报完成后再拆分：tongbao notice status {id}",
    "{person} does: tongbao nudge {ref} '…' --as {person}": (
        "由 {person} 督办：tongbao nudge {ref} '…' --as {person}"
    ),
    "tongbao notice stop {id} --reason …, then take it back": "tongbao notice stop {id} --reason …，然后再更正或撤回",
    "tongbao notice preview {id}, or tongbao notice stop {id} --reason … to write it anew": (
        "tongbao notice preview {id}；要重写，则 tongbao notice stop {id} --reason …"
    ),
    "tongbao notice stop {id} --reason …, then tongbao undo {ref}": (
        "tongbao notice stop {id} --reason …，然后 tongbao undo {ref}"
    ),
    "tongbao explain {id} says what is missing": "tongbao explain {id} 说明还缺什么",
    "compare with triggers/routing.yaml, which ships with tongbao": "请对照随 tongbao 提供的 triggers/routing.yaml",
    "mend what is marked wrong, then tongbao doctor": "请处理标为“有误”的项目，然后执行 tongbao doctor",
    "--reason 'what shows that it is later'": "--reason '何以知道更晚'",
    "--reason 'what would be wrong with it'": "--reason '它会说错什么'",
    "--reason 'what showed it'": "--reason '何以知道'",
    "--reason 'what is missing'": "--reason '缺少什么'",
    "--reason 'why it must not go on'": "--reason '为何不能继续发送'",
    "--reason 'why nobody has to be told'": "--reason '为何不必告知'",
    "open a new shell": "请新开一个终端",
    "write it as 02:10 or '2026-10-14 02:10' in the house's time, or with its offset: 2026-10-14T14:15:00+08:00": (
        "写成本地时间 02:10 或 '2026-10-14 02:10'，或带时差：2026-10-14T14:15:00+08:00"
    ),
    "write it in digits, as 300000; leave it out if unknown": "请用阿拉伯数字，如 300000；不清楚时可不填",
    "--file PATH, or set EDITOR": "--file PATH，或设置环境变量 EDITOR",
    "tongbao key revoke --user NAME, then tongbao key create --user NAME": (
        "tongbao key revoke --user NAME，然后 tongbao key create --user NAME"
    ),
    "keep it now, it is not shown again: export TONGBAO_KEY=…, or the key file of your program": (
        "请立即保存，不再显示：export TONGBAO_KEY=…，或写入你程序的密钥文件"
    ),
    "--to +8613800000001, or --to name@example.com": "--to +8613800000001，或 --to name@example.com",
    "the same without --dry-run does it": "去掉 --dry-run 即正式执行",
    "timedatectl, then tongbao clock accept --reason '…'": "timedatectl，然后 tongbao clock accept --reason '…'",
    "restore the backup, or tongbao clock accept --reason '…'": "恢复备份，或 tongbao clock accept --reason '…'",
    "timedatectl, then start tongbao again": "timedatectl，然后重新启动 tongbao",
    "tongbao clock status, then the log": "tongbao clock status，然后查看日志",
}
