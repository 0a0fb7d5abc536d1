"""The command line in Chinese: reports, their gaps, and search."""

from __future__ import annotations

REPORTS = {
    # refusals and next steps
    "{ref} is not resolved; its {kind} would not be whole": "{ref} 尚未解除，此时的 {kind} 不会完整",
    "{name} submitted report R{id}; another person must approve it": "报告 R{id} 由 {name} 提交，须由他人审批",
    "the files of report R{id} were changed after it was submitted": "报告 R{id} 提交后文件被改动",
    "submit it anew: tongbao report submit REF": "请重新提交：tongbao report submit REF",
    "report R{id} is {state}, not waiting for approval": "报告 R{id} 状态为 {state}，不在待审批",
    "no {kind} of {ref} has been approved": "{ref} 的 {kind} 尚无获批版本",
    "no report R{id}": "没有报告 R{id}",
    "use --format md, html or json": "请用 --format md、html 或 json",
    "limit must be from 1 to {most}": "limit 须在 1 到 {most} 之间",
    "no status {name}": "没有状态 {name}",
    # screens
    "report R{report} submitted ({kind}, version {number}): {given} of {asked} fields": (
        "提交报告 R{report}（{kind}，第{number}版）：{asked}项中已有{given}项"
    ),
    "report R{report} approved ({kind}, version {number})": "报告 R{report} 审批通过（{kind}，第{number}版）",
    "report R{report} sent back: {reason}": "报告 R{report} 退回：{reason}",
    "{ref} has no result on the record": "{ref} 尚未记录处理结果",
    "the {kind} of {ref} is older than the record": "{ref} 的{kind}早于最新记录",
    "report R{id} needs nothing more": "报告 R{id} 无需再处理",
    "report R{id} waits for a person other than {author}": "报告 R{id} 待 {author} 以外的人审批",
    "no second person has approved the report": "报告尚无第二人审批通过",
    "report {id}: {kind} of {ref}, version {n}, {state}": "报告 {id}：{ref} 的{kind}，第{n}版，{state}",
    "complete: {given} of {asked} fields, {percent} %": "完整性：{asked}项中已有{given}项，{percent}%",
    "nothing was found": "没有找到",
    "there are more": "还有更多",
    "report number": "报告编号",
    "gap": "缺项",
    "standing": "情况",
    "to fill it": "填写方法",
    "account": "账号",
    "incidents found": "找到的事件数",
    "handling_report": "处理报告",
    "summary_report": "总结报告",
    "archive": "归档",
    "declined": "已退回",
    "present": "已记录",
    "missing": "未记录",
    # fields of the completeness
    "time": "时间",
    "place": "地点",
    "scope": "影响范围",
    "measures": "已采取措施",
    "expected": "预计恢复时间",
    "effects": "后续影响",
    "affected": "影响用户数量",
    "progress": "处理进展",
    "process": "处理过程",
    "result": "处理结果",
    "handlers": "处理人员",
    "root_cause": "已确认的原因",
    "handling_effect": "处理效果",
    "improvements": "改进措施",
}
