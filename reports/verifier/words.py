"""The sentences of the verifier in Chinese; the English ones stand where they are found."""

from __future__ import annotations

ZH = {
    "EXERCISE: this is the record of a drill; no customer was told anything": "【演练】这是演练记录，未向任何客户发送",
    "whole: every part, hash, signature, verdict and sum is as it should be": "完整：散列、签名、判定与合计均无误",
    "this is not a proof archive": "这不是证明包",
    "the archive is cut off inside part {part}": "证明包在 {part} 中间被截断",
    "the archive is cut off after part {part}": "证明包在 {part} 之后被截断",
    "the header of part {part} does not fit its content": "{part} 的包头与内容不符",
    "the archive has more than {n} parts": "证明包超过{n}个部分",
    "the archive has more than {n} bytes": "证明包超过{n}字节",
    "part {part} is there twice": "{part} 出现了两次",
    "part {part} does not begin at byte {at}, where it should": "{part} 没有从应有的第{at}字节开始",
    "{n} bytes follow the end of the archive": "证明包结尾之后还有{n}字节",
    "the directory of the archive does not fit part {part}": "证明包目录与 {part} 不符",
    "part {part} cannot be read: {why}": "{part} 无法读取：{why}",
    "part {part} is not in the form of {format}: {why}": "{part} 不符合 {format} 的格式：{why}",
    "part {part} is missing": "缺少 {part}",
    "part {part} was added": "多出了 {part}",
    "part {part} stands where {there} should be": "{there} 的位置上是 {part}",
    "part {part} is not the manifest of {format}": "{part} 不是 {format} 的清单",
    "part {part} was changed: it has {n} bytes and SHA-256 {found}, the manifest says {m} and {said}": (
        "{part} 被改动：现有{n}字节，SHA-256 为 {found}；清单为{m}字节，{said}"
    ),
    "part {part} is no Ed25519 signature": "{part} 不是 Ed25519 签名",
    "the signature in signature.json does not fit manifest.json: one of the two was changed": (
        "signature.json 中的签名与 manifest.json 不符：两者之一被改动"
    ),
    "part {part} is not written in its one form": "{part} 的写法不是唯一规定的写法",
    "chain.jsonl: entry {n} is missing": "chain.jsonl：缺少第{n}条",
    "chain.jsonl: entry {n} does not follow the one before it": "chain.jsonl：第{n}条接不上前一条",
    "chain.jsonl: entry {n} was changed": "chain.jsonl：第{n}条被改动",
    "chain.jsonl ends at entry {n}, the manifest says {m}": "chain.jsonl 止于第{n}条，清单为第{m}条",
    "incident.json and manifest.json name different incidents": "incident.json 与 manifest.json 不是同一事件",
    "outcomes.jsonl: the outcomes under entry {n} are not those of its root": (
        "outcomes.jsonl：第{n}条之下的投递结果与其根散列不符"
    ),
    "outcomes.jsonl: no entry {n} of the chain covers its outcomes": "outcomes.jsonl：链上没有第{n}条来覆盖其投递结果",
    "deliveries.jsonl: delivery {n} is not as its last outcome says": "deliveries.jsonl：投递{n}与其最后结果不符",
    "deliveries.jsonl: delivery {n} goes to nobody of audience.jsonl": "deliveries.jsonl：投递{n}不属于 audience.jsonl",
    "texts.jsonl: the texts of notice {n} are not those of its text hash": "texts.jsonl：通报{n}的文本与其文本散列不符",
    "texts.jsonl: there is no notice {n} in notices.json": "texts.jsonl：notices.json 中没有通报{n}",
    "audience.jsonl: the people of notice {n} are not those of its audience hash": (
        "audience.jsonl：通报{n}的受众与其受众散列不符"
    ),
    "audience.jsonl: person {who} of notice {n} is {said}, the deliveries say {found}": (
        "audience.jsonl：通报{n}的 {who} 记为 {said}，而投递结果为 {found}"
    ),
    "notices.json: the people of notice {n} do not add up to audience.jsonl": (
        "notices.json：通报{n}的人数合计与 audience.jsonl 不符"
    ),
    "chain.jsonl: report R{n} was not approved by a second person": "chain.jsonl：报告R{n}没有第二人审批",
    "notices.json: the {what} of notice {n} is not the one of entry {entry} of the chain": (
        "notices.json：通报{n}的 {what} 与链上第{entry}条不符"
    ),
    "incident.json: the {what} is not the one of the chain": "incident.json：{what} 与链上所载不符",
    "reports.json: report R{n} is not as the chain says": "reports.json：报告R{n}与链上所载不符",
    "reports.json: the approval of report R{n} is not the one of the chain": (
        "reports.json：报告R{n}的审批与链上所载不符"
    ),
    "attempts.jsonl: attempts of delivery {n} are missing": "attempts.jsonl：缺少投递{n}的尝试记录",
    "windows.json: window {n} opened with another length than its rule has": (
        "windows.json：时限{n}的时长与其规则不符"
    ),
    "windows.json: a move of window {n} is not one of the chain": "windows.json：时限{n}的变动与链上所载不符",
    "windows.json: the findings of window {n} are not those of the chain": (
        "windows.json：时限{n}的后续发现与链上所载不符"
    ),
    "windows.json: window {n} ended otherwise than the chain says": "windows.json：时限{n}的终结与链上所载不符",
    "windows.json: {ref} is not as the chain says": "windows.json：{ref} 与链上所载不符",
    "notices.json: notice {n} is of another kind in the chain": "notices.json：通报{n}的种类与链上所载不符",
    "notices.json: the {what} of notice {n} is not the one of the chain": (
        "notices.json：通报{n}的 {what} 与链上所载不符"
    ),
    "windows.json: the chain does not say that {ref} was a duplicate": "windows.json：链上没有说 {ref} 是重复事件",
    "notices.json: the approval in advance of notice {n} is not the one of the chain": (
        "notices.json：通报{n}的预先审批与链上所载不符"
    ),
    "notices.json: notice {n} was not approved in advance by two people": (
        "notices.json：通报{n}未经两人预先审批"
    ),
    "notices.json: the approved texts of notice {n} are not those of the approval": (
        "notices.json：通报{n}的预先审批文本与审批的散列不符"
    ),
    "notices.json: notice {n} went beyond its approval in advance": "notices.json：通报{n}超出其预先审批的范围",
    "notices.json: notice {n} went out by itself and nobody had approved it": (
        "notices.json：通报{n}自动发出，却无人审批"
    ),
    "notices.json: {who} approved another text or audience of notice {n}": (
        "notices.json：{who} 审批的不是通报{n}的这份文本或受众"
    ),
    "notices.json: the chain does not say the same of the release of notice {n}": (
        "notices.json：通报{n}是否放行与链上记载不符"
    ),
    "notices.json: notice {n} is called automatic, but a person released it": (
        "notices.json：通报{n}标为自动发送，但由人放行"
    ),
    "notices.json: the approvals of notice {n} are not those of the chain": "notices.json：通报{n}的审批与链上不符",
    "notices.json: notice {n} of level {level} was not approved by a second person": (
        "notices.json：{level}级通报{n}没有第二人审批"
    ),
    "rules.json: the rule of window {n} is missing": "rules.json：缺少时限{n}的规则",
    "windows.json: window {n} of the chain is missing": "windows.json：缺少链上的时限{n}",
    "windows.json: window {n} is not the one that the chain opened": "windows.json：时限{n}与链上开启的不符",
    "windows.json: the strict due instant of window {n} is not its start and its length": (
        "windows.json：时限{n}的严格到期时刻不等于起算加时长"
    ),
    "windows.json: the history of window {n} does not end at its due instant": (
        "windows.json：时限{n}的历史没有止于其到期时刻"
    ),
    "windows.json: window {n} has a due instant that the chain has not": "windows.json：时限{n}有链上没有的到期时刻",
    "windows.json: the due instants of window {n} are not the last that the chain has": (
        "windows.json：时限{n}的到期时刻不是链上最后的"
    ),
    "windows.json: the verdict of window {n} is not the one of the chain": "windows.json：时限{n}的判定与链上不符",
    "windows.json: the verdict of window {n} was not given when the chain says": (
        "windows.json：时限{n}的判定时刻与链上不符"
    ),
    "windows.json: the verdict of window {n} does not follow from when it was told and when it was due": (
        "windows.json：由告知时刻与到期时刻得不出时限{n}的判定"
    ),
    "windows.json: window {n} lapsed or was waived after its due instant": (
        "windows.json：时限{n}在到期之后失效或豁免"
    ),
    "windows.json: nobody said how window {n} was told": "windows.json：无人登记时限{n}如何告知",
    "windows.json: the chain does not say that window {n} was told then": (
        "windows.json：链上没有时限{n}在该时刻告知的记载"
    ),
    "windows.json: window {n} and its breach row disagree": "windows.json：时限{n}与其违时记录不一致",
    "windows.json: window {n} was told so many seconds late that its instants do not give": (
        "windows.json：时限{n}的迟报秒数与其时刻不符"
    ),
    "windows.json: the coverage of window {n} does not add up to its audience": (
        "windows.json：时限{n}的覆盖人数合计不等于受众"
    ),
    "windows.json: the coverage of window {n} is not the one of the chain": "windows.json：时限{n}的覆盖与链上不符",
    "windows.json: window {n} counts more people as reached than audience.jsonl has": (
        "windows.json：时限{n}的已告知人数多于 audience.jsonl"
    ),
    "windows.json: the chain does not say that the page of window {n} was live then": (
        "windows.json：链上没有时限{n}的页面在该时刻上线的记载"
    ),
    "windows.json: window {n} is met although too few were reached": "windows.json：时限{n}判为按时，但告知人数不足",
    "windows.json: window {n} is not owed to those whom the chain names": (
        "windows.json：时限{n}的告知对象不是链中所述"
    ),
    "windows.json: window {n} is met although its page entry was not live": (
        "windows.json：时限{n}判为按时，但页面条目没有上线"
    ),
    "part {part}: its signature does not fit": "{part}：签名不符",
    "checkpoint.json and signature.json are of different keys": "checkpoint.json 与 signature.json 的密钥不同",
    "{part}: the chain is not the one that was signed up to entry {n}": "{part}：截至第{n}条，链与已签名的不符",
    "the outside checkpoint and signature.json are of different keys": "外部检查点与 signature.json 的密钥不同",
    "the outside checkpoint has no entry of this incident": "外部检查点中没有本事件",
    "signature.json is of another key than the one that you gave": "signature.json 的密钥与你给出的不同",
    "signature.json is signed by another key than this house's": "signature.json 由另一密钥签名，不是本单位的密钥",
    "signed with the key {key}": "签名公钥 {key}",
    "signed with the key {key}, the one that you gave": "签名公钥 {key}，与你给出的相同",
    "signed with the key {key}; not compared with a published key": "签名公钥 {key}；未与公布的公钥比对",
    "notice {n} of {ref} was for this one too: see the proof of {ref}": (
        "{ref} 的通报{n}也以此号码或地址为对象：见 {ref} 的证明包"
    ),
    "the opening is not one of this incident": "该开启文件不属于本事件",
    "the opening does not fit person {who} of notice {n}": "该开启文件与通报{n}的 {who} 不符",
}
"""Each sentence in Chinese."""
