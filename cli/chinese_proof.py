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
    "name an archive, or give --database": "请给出证明包，或使用 --database",
    # screens
    "{file}: {entries} entries of the chain, {recipients} sealed recipients, {parts} parts, {bytes} bytes": (
        "{file}：链上{entries}条，加盐收件人{recipients}个，{parts}个部分，{bytes}字节"
    ),
    "signed with the key {key}": "签名公钥 {key}",
    "no checkpoint covers it yet; tongbao run and tick write one an hour": (
        "尚无检查点覆盖；tongbao run 和 tick 每小时写一个"
    ),
    "{file} answers for this one; it names it, so hand it to nobody else": (
        "{file} 可答复这一个号码或地址；其中写有它，请勿交给他人"
    ),
    "no notice of this incident was for this number or address": "本事件没有任何通报以此号码或地址为对象",
    "the proof is whole: every part, hash, signature, verdict and sum": "证明包完整：各部分、散列、签名、判定与合计均无误",
    "no checkpoint can be written: {why}": "检查点无法写入：{why}",
    "no checkpoint since {at}; is tongbao run or tick running?": "自{at}起没有新检查点；tongbao run 或 tick 在运行吗？",
    "none yet; tongbao run and tick write one an hour": "尚无；tongbao run 和 tick 每小时写一个",
    "{name} in {folder}": "{name}，在 {folder}",
    "checkpoint": "检查点",
    "not_sent": "未发送",
    "shift handed over: {items} of this incident on the sheet": "交班签字：交接单上有本事件{items}项",
    "shift taken over from {from}: {items} of this incident, {changed} changed since signed": (
        "接 {from} 的班：本事件{items}项，签字后变化{changed}项"
    ),
}
