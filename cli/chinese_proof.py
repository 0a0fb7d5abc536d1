"""The command line in Chinese: proofs, checkpoints, hand-overs, and why a window is due."""

from __future__ import annotations

PROOF = {
    # refusals and next steps
    "the signing key {file} cannot be read": "签名密钥 {file} 无法读取",
    "put it back from your backup, and see who may read it": "请从备份恢复，并检查读取权限",
    "{file} cannot be written: {why}": "{file} 无法写入：{why}",
    "check the path and who may write there": "检查路径和写入权限",
    "no hand-over waits to be accepted": "没有待接的班",
    "who leaves signs first: tongbao handover sign": "先由交班人签字：tongbao handover sign",
    "{name} signed this hand-over; another person must accept it": "本次交班由 {name} 签字，须由另一人接班",
    "who comes types: tongbao handover accept": "由接班人执行：tongbao handover accept",
    "--opening, --checkpoint and --key are for an archive, not for --database": (
        "--opening、--checkpoint 和 --key 只用于证明包，不能与 --database 同用"
    ),
    "--key is no public key: it has 64 hexadecimal digits": "--key 不是公钥：公钥为64位十六进制数字",
    "name an archive, or give --database": "请给出证明包，或使用 --database",
    # screens
    "{file}: {entries} entries of the chain, {recipients} sealed recipients, {parts} parts, {bytes} bytes": (
        "{file}：链上{entries}条，加盐收件人{recipients}个，{parts}个部分，{bytes}字节"
    ),
    "signed with the key {key}": "签名公钥 {key}",
    "signed with the key {key}; not compared with a published key: give it as --key": (
        "签名公钥 {key}；未与公布的公钥比对，请用 --key 给出"
    ),
    "signed with the key {key}, the one that you gave": "签名公钥 {key}，与你给出的相同",
    "signed with the key {key}, this house's own": "签名公钥 {key}，是本单位自己的密钥",
    "no checkpoint covers it yet; tongbao run and tick write one an hour": (
        "尚无检查点覆盖；tongbao run 和 tick 每小时写一个"
    ),
    "the proof is made without checkpoint {name}, whose file is gone or not as it was written: put it back from a "
    "copy, and make the proof again": (
        "证明包已生成，但不含检查点 {name}：其文件已丢失或与写入时不一致；请从副本恢复后重新生成证明包"
    ),
    "checkpoint {name} is gone or not as it was written: put it back from a copy": (
        "检查点 {name} 已丢失或与写入时不一致：请从副本恢复"
    ),
    "{file} answers for this one; it names it, so hand it to nobody else": (
        "{file} 可答复这一个号码或地址；其中写有它，请勿交给他人"
    ),
    "no notice of this incident was for this number or address": "本事件没有任何通报以此号码或地址为对象",
    "notices of {ref} were for this one: the proof of {ref} has what became of them": (
        "{ref} 的通报以此号码或地址为对象：结果见 {ref} 的证明包"
    ),
    "notice {n} of {ref} was for this one too: see the proof of {ref}": (
        "{ref} 的通报{n}也以此号码或地址为对象：见 {ref} 的证明包"
    ),
    "the proof is whole: every part, hash, signature, verdict and sum": "证明包完整：散列、签名、判定与合计均无误",
    "no checkpoint can be written: {why}": "检查点无法写入：{why}",
    "no checkpoint since {at}; is tongbao run or tick running?": "自{at}起没有新检查点；tongbao run 或 tick 在运行吗？",
    "none yet; tongbao run and tick write one an hour": "尚无；tongbao run 和 tick 每小时写一个",
    "{name} in {folder}": "{name}，在 {folder}",
    "checkpoint": "检查点",
    # why a window is due when it is
    "the duty: {kind}, number {sequence}, of {ref}": "义务：{ref} 的{kind}，第{sequence}次",
    "where the rule comes from: {source}": "规则出处：{source}",
    "by the rule alone it has {span} and is due {at}; this strict instant stays on the record": (
        "按规则本身时限为{span}，到期于 {at}；此严格到期时刻始终留在记录中"
    ),
    "{at}, {by}: {what}; due {due}": "{at}，{by}：{what}；到期 {due}",
    "{at}, {by}: {what}; due stays {due}": "{at}，{by}：{what}；到期仍为 {due}",
    "{at}, {by}: {what}; due {due} instead of {was}": "{at}，{by}：{what}；到期由 {was} 改为 {due}",
    "so it is due {due}, as the rule says": "因此到期时刻为 {due}，与规则一致",
    "so it is due {due}, {span} before the strict instant": "因此到期时刻为 {due}，比严格到期早{span}",
    "so it is due {due}, {span} after the strict instant": "因此到期时刻为 {due}，比严格到期晚{span}",
    "of {audience} people {reached} are reached, {impossible} cannot be, {unconfirmed} are unconfirmed, "
    "{missing} are missing": (
        "{audience}人中已告知{reached}人，无法告知{impossible}人，未证实{unconfirmed}人，尚缺{missing}人"
    ),
    "notice {id} ({kind}) could tell it: {state}": "通报{id}（{kind}）可以履行它：{state}",
    "no notice that could tell it is under way": "没有可履行它的通报在办",
    "told {at}, {span} late": "告知于 {at}，迟{span}",
    "told {at}, {span} before it was due": "告知于 {at}，比到期早{span}",
    "its audience: {audience} people; how many are affected is not known": (
        "对象{audience}人；受影响业务数尚不明确"
    ),
    "its audience: {audience} people; services affected: {affected}": "对象{audience}人；受影响业务{affected}个",
    "its audience: {audience} people; services affected: {affected}; that is {share} %": (
        "对象{audience}人；受影响业务{affected}个；占{share}%"
    ),
    "under {least} % of the affected needs a reason: tongbao log {ref} '…'": (
        "对象不足受影响业务数的{least}%，须说明原因：tongbao log {ref} '…'"
    ),
    "a provider took the first message {at}": "通道商受理第一条消息的时间为 {at}",
    "the last of its people was answered {at}": "对象中最后一人得到结果的时间为 {at}",
    "receipts: {delivered} of {accepted} messages taken are delivered ({share} %), not delivered: {undelivered}": (
        "回执：受理{accepted}条，已送达{delivered}条（{share}%），未送达{undelivered}条"
    ),
    "{channel}: the provider is declared to queue for up to {span}, so until {at}": (
        "{channel}：申报的通道商排队时间最长{span}，即至 {at}"
    ),
    "{channel}: the provider is declared to queue for up to {span}": "{channel}：申报的通道商排队时间最长{span}",
    "for information, it counts for nothing: from the onset, {onset}, it was due {due}; met by {span}": (
        "仅供参考，不作判定：自发生时刻 {onset} 起算，到期为 {due}，提前{span}，按时"
    ),
    "for information, it counts for nothing: from the onset, {onset}, it was due {due}; missed by {span}": (
        "仅供参考，不作判定：自发生时刻 {onset} 起算，到期为 {due}，超时{span}"
    ),
    "for information, it counts for nothing: from the onset, {onset}, it is due {due}": (
        "仅供参考，不作判定：自发生时刻 {onset} 起算，到期为 {due}"
    ),
    "{days} days": "{days}天",
    "{hours} h": "{hours}小时",
    "awareness": "知悉",
    "classification": "定级",
    "the change or the discovery": "变化或发现之时",
    "restoration": "恢复业务",
    "standing down": "解除响应",
    "reopening": "重新打开",
    "the withdrawal": "撤回",
    "closing": "结案",
    "the planned start": "计划开始",
    "the last page entry, or the last due instant if that came first": "上一次页面条目，或更早的上一次到期时刻",
    "the duty began": "义务开始",
    "the last notice promised the next one for then": "上一份通报承诺届时再通报",
    "more people turned out to be hit": "发现更多人受影响",
    "the level was raised": "级别上调",
    "the raised level was taken back": "级别上调已撤销",
    "a newer notice told it": "更新的通报已告知",
    "the response was stood down": "响应已解除",
    "one combined notice tells it": "由一份合并通报告知",
    "the act that opened it was taken back": "开启它的操作已撤销",
    "the level rose after the verdict": "判定之后级别上调",
    "a provider had accepted it before it was due": "通道商在到期前已受理",
    "not_sent": "未发送",
    "shift handed over: {items} of this incident on the sheet": "交班签字：交接单上有本事件{items}项",
    "shift taken over from {signed_by}: {items} of this incident, {moved} changed since signed": (
        "接 {signed_by} 的班：本事件{items}项，签字后变化{moved}项"
    ),
}
