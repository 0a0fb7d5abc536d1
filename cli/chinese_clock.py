"""The clock's own words in Chinese: holds, alarms, the self-audit, the processes."""

from __future__ import annotations

CLOCK = {
    "THE RECORD WAS RESTORED: it ends at {since}, and had come to {until}. Nothing goes to customers": (
        "记录是从备份恢复的：它止于 {since}，而原先已到 {until}。任何内容都不会发给客户"
    ),
    "THE RECORD IS NOT THE ONE THAT STOOD HERE. Nothing goes to customers": (
        "这份记录不是原来在这里的那一份。任何内容都不会发给客户"
    ),
    "THE RECORD HAS NO MARK, as after a backup was restored. Nothing goes to customers": (
        "记录没有进度标记，像是从备份恢复的。任何内容都不会发给客户"
    ),
    "the record is on hold: {reason}. Nothing goes to customers": (
        "记录已被人工暂停：{reason}。任何内容都不会发给客户"
    ),
    "nobody looked at the clocks for {span}, until {until}: what would go to customers by itself waits": (
        "有{span}没有程序查看时限（至 {until}）：本应自动发给客户的内容在等待"
    ),
    "nobody looked at the clocks for {span}, until {until}": "有{span}没有程序查看时限（至 {until}）",
    "the machine's clock is {span} away from the time since the start": (
        "本机时钟与程序启动以来的时间相差{span}"
    ),
    "the machine's clock says {wall}: that cannot be": "本机时钟显示 {wall}，这不可能",
    "THE RECORD THAT STOOD HERE IS GONE: a new one was begun": "原来在这里的记录不见了：已新建一份",
    "the self-audit found {n} {n:problem|problems}": "自查发现{n}个问题",
    "no sign of life goes out": "没有发出存活信号",
    "something of the sweep cannot be looked at, all else goes on: {failed}": "有一项无法处理，其余照常运行：{failed}",
    "customers who are new in the directory cannot be looked for: {failed}": "无法核对名录中的新客户：{failed}",
    "the ends of planned work cannot be looked at: {failed}": "无法查看计划作业的结束时刻：{failed}",
    "the thresholds of the regimes cannot be looked at: {failed}": "无法查看各监管制度的触发条件：{failed}",
    "the drills that run cannot be looked at: {failed}": "无法查看进行中的演练：{failed}",
    "the full drills of the year cannot be counted: {failed}": "无法统计本年度的全面演练：{failed}",
    "the publish target {target} has not shown the present pages since {since}: {failed}": (
        "发布点 {target} 自 {since} 起没有显示当前页面：{failed}"
    ),
    "page targets": "发布点",
    "{target} lacks {n} {n:page|pages} since {at} ({why}) → {step}": (
        "{target} 自 {at} 起缺少{n}个页面（{why}）→ {step}"
    ),
    "nobody has tried; is tongbao run or tick running?": "没有程序尝试过；tongbao run 或 tick 在运行吗？",
    "look at its folder and its address; it is caught up with by itself": "请检查其目录和地址；之后会自动补齐",
    "{names} alone: when it is down no page is live → a second one, [[web.targets]]": (
        "只有 {names}：它一旦故障，页面就无法上线 → 请用 [[web.targets]] 再设一个发布点"
    ),
    "it is no publish target any more": "它不再是发布点",
    "it works again": "已恢复正常",
    "the clocks are running": "时限程序正在运行",
    "the delivery is running": "投递程序正在运行",
    "nothing stands against the clock and the record": "时钟和记录没有异常",
    "over {at}, {by}": "{at} 结束，{by}",
    "they agree again": "两者重新一致",
    "the regime {pack} applies to {ref} by the record and was refused; it is tried again each minute": (
        "据记录，监管制度 {pack} 适用于{ref}，但执行被拒绝；每分钟重试一次"
    ),
    "nothing is refused any more": "已不再有被拒绝的事项",
    "it changed": "偏差已变化",
    "it goes out again": "信号已恢复",
    "the audit found nothing any more": "自查不再发现问题",
    "accepted: {what}": "已确认：{what}",
    "the record agrees with itself": "记录自身一致",
    # refusals
    "the record is on hold already": "记录已处于暂停状态",
    "there is nothing to accept": "没有需要确认的事项",
    "the clocks have not been looked at since the gap": "中断之后还没有程序查看过时限",
    "deliveries of the restored record that are still asked about: {n}": (
        "恢复的记录中还有{n}条投递正在向通道商查询"
    ),
    "tongbao tick, then tongbao clock accept again": "先执行 tongbao tick，再执行 tongbao clock accept",
    # what is amiss
    "{n} {n:window is|windows are} overdue and undecided": "{n}个时限已过期而未判定",
    "the loop {name} has never run": "循环 {name} 从未运行",
    "the loop {name} has not turned for {seconds} s": "循环 {name} 已有{seconds}秒没有转动",
    "the oldest {what} waits for {seconds} s": "最早的{what}已等待{seconds}秒",
    "receipt": "回执",
    "nothing leaves by {channel} though notice {id} is ready": "通报{id}已就绪，但渠道 {channel} 没有发出任何内容",
    "{n} {n:delivery has|deliveries have} been in doubt for over 15 minutes": "{n}条投递存疑超过15分钟",
    "{n} {n:event|events} from outside could not be read": "{n}条外部事件无法读取",
    "{problem}": "{problem}",
    "{ref}: the chain ends at entry {n}, the incident says {length}": (
        "{ref}：审计链止于第{n}条，而事件记为{length}条"
    ),
    "{ref}: window {id} and its breach row disagree": "{ref}：时限{id}与其违约记录不一致",
    "the counters of notice {id} differ from its deliveries": "通报{id}的计数与其投递不符",
    # doctor and next
    "clock": "时钟",
    "audit": "自查",
    "loops": "循环",
    "heartbeat": "存活信号",
    "it agrees with the time since the start": "与启动以来的时间一致",
    "nothing runs; something is owed": "没有程序在运行，而有义务未履行",
    "not run yet": "尚未执行",
    "found nothing, {at}": "{at} 未发现问题",
    "not configured": "未配置",
    # what doctor found
    "drills": "演练",
    "zone {zone}, country {country}": "时区 {zone}，国家 {country}",
    "SANDBOX (nothing leaves this machine)": "沙箱（任何消息都不会离开本机）",
    "{folder} cannot be written": "{folder} 不可写",
    "every kind, channel and language": "各类、各渠道、各语言俱全",
    "{pack}, {n} {n:rule|rules}": "{pack}，{n}条规则",
    "every chain follows": "各链均连续",
    "{name}, {n} {n:post waits|posts wait}": "{name}，{n}条消息待发",
    "somebody can be reached at every hour of the next two weeks": "今后两周每个时段均有人可联系",
    "not used": "未使用",
    "answers at {url}": "在 {url} 应答",
    "no watcher outside knows whether we live": "外部没有人监视本程序是否存活",
    "all turn": "全部在转动",
    "nothing runs": "没有程序在运行",
    "something about the clock or the record waits for a person's word": "时钟或记录有一件事等待人工确认",
    "what waits for the restored record is being asked about first": "正在先向通道商查询恢复的记录",
}
