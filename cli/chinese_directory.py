"""What is said of the directory, the organisation and audiences in Chinese: imports, ranks, previews."""

from __future__ import annotations

DIRECTORY = {
    # the organisation
    "unit": "单位",
    "rank": "层级",
    "group": "集团",
    "province": "省",
    "city": "地市",
    "district": "区县",
    "unit {code}: {why}": "单位 {code}：{why}",
    "mend the unit": "请改正该单位",
    "belongs to": "归属单位",
    "{unit} handles it": "由 {unit} 负责处理",
    "the parent {found} does not stand above it": "上级 {found} 的层级不高于本单位",
    "unit {found} below it would not be lower than it": "其下级单位 {found} 的层级将高于或等于本单位",
    "only the group has no parent, and the group has none": "只有集团没有上级，集团也不能有上级",
    "there is a group already: {found}": "已有集团：{found}",
    "area {found} is looked after by another unit already": "地区 {found} 已由另一单位负责",
    "{found} is none of the ranks": "{found} 不是有效的层级",
    # files
    "no shipped areas {name}": "没有内置的地区表 {name}",
    "the line is not GB18030; save the file as CSV UTF-8": "该行不是 GB18030；请另存为 CSV UTF-8",
    "the account was given on line {found} already; the later row counts": (
        "第{found}行已有该账号；以后出现的一行为准"
    ),
    "{found} is none of sms, email, both; accepted without it": (
        "{found} 不是 sms、email、both 之一；已接受，但不含此项"
    ),
    "{found} is not a date such as 2026-10-14; accepted without it": (
        "{found} 不是 2026-10-14 这样的日期；已接受，但不含此项"
    ),
    "line {line}, byte {byte}: neither UTF-8 nor GB18030 fits the whole file": (
        "第{line}行第{byte}字节：整个文件既不符合 UTF-8 也不符合 GB18030"
    ),
    "save it as CSV UTF-8; or say --encoding, and the lines that do not fit are rejected one by one": (
        "请另存为 CSV UTF-8；或用 --encoding 指明编码，不符的行将逐行拒绝"
    ),
    "rejected rows cannot be written into the file that is read": "被拒绝的行不能写入正在读取的文件",
    "name another file": "请另指定一个文件",
    "{n} {n:row|rows} gave an account again; the later one counts": "{n}行的账号重复出现，以后一行为准",
    "{read} rows read = {accepted} accepted + {rejected} rejected + {duplicates} duplicates": (
        "读入{read}行 = 接受{accepted} + 拒绝{rejected} + 重复{duplicates}"
    ),
    "the rejected rows are in {file}: mend them and import it": "被拒绝的行在 {file}：改正后可直接导入",
    # audiences
    "no open upload {id}": "没有进行中的名单上传{id}",
    "upload the file again": "请重新上传文件",
    "the list has nobody whom the directory knows; instead of area and service nobody would be told": (
        "名单中没有目录里的客户；若以它代替地区和业务，将无人可通知"
    ),
    "nothing was changed; look at the column account, or leave --replace out": (
        "没有改动；请查看 account 列，或去掉 --replace"
    ),
    "with --request-id the file is read twice; standard input cannot be": (
        "使用 --request-id 时文件要读两遍，标准输入做不到"
    ),
    "save it to a file first": "请先存为文件",
    "the audience of notice {id} is {found}, not the {expected} expected": (
        "通报{id}的通知对象是{found}人，不是预期的{expected}人"
    ),
    "nothing was submitted; see who it is: tongbao audience preview REF": (
        "没有提交；请核对对象：tongbao audience preview REF"
    ),
    "an uploaded list of {people} {people:account|accounts} joins the audience": "上传名单{people}个账号，并入通知对象",
    "told at first by": "首发渠道",
    "left out": "未告知",
    "language": "语言",
    "segment": "客户类别",
    "number": "数量",
    "messages": "消息数",
    "told by another's message": "与他人共用号码或邮箱",
    "not_affected": "不受影响",
    "no_address": "无联系方式",
    "both": "短信和邮件",
    "sms": "短信",
    "email": "邮件",
    "an uploaded list alone is the audience": "通知对象仅为上传名单",
    "an uploaded list is part of the audience": "通知对象含上传名单",
}
