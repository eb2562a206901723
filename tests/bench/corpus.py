"""A policy of any size, the same on every machine: dotted numbers three deep, every clause a text of its own.

Sentences are drawn from frames and word lists with a fixed seed, the same draw for both languages, so that
they say the same thing. The texts are varied in what they say, not in style: good for size, not for quality.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from knowledge.types import LANGUAGES, Language

Pair = tuple[str, str]  # Chinese, English

SECTIONS, ITEMS = 10, 9  # an article has 10 sections of 9 items: 101 clauses

DATA: tuple[Pair, ...] = (
    ("手机号码", "your mobile phone number"),
    ("电子邮箱地址", "your e-mail address"),
    ("收货地址", "your delivery address"),
    ("身份证件号码", "the number of your identity document"),
    ("面部图像", "the image of your face"),
    ("指纹模板", "your fingerprint template"),
    ("精确位置", "your precise location"),
    ("通讯录", "your address book"),
    ("相册中的照片", "photos in your album"),
    ("录音", "voice recordings"),
    ("浏览记录", "your browsing history"),
    ("搜索词", "the words you search for"),
    ("设备型号", "the model of your device"),
    ("网络地址", "your network address"),
    ("崩溃日志", "crash logs"),
    ("银行账户", "your bank account"),
    ("交易记录", "records of your payments"),
    ("健康数据", "data about your health"),
    ("步数", "the count of your steps"),
    ("工作单位", "the name of your employer"),
    ("学历证明", "your certificates of education"),
    ("监护人信息", "details of your guardian"),
    ("客服通话内容", "what you say to customer service"),
    ("问卷答案", "your answers to surveys"),
    ("优惠券使用情况", "how you use vouchers"),
    ("日程安排", "entries of your calendar"),
    ("车牌号码", "the plate number of your car"),
    ("会员等级", "your level of membership"),
)
WHO: tuple[Pair, ...] = (
    ("快递公司", "courier companies"),
    ("支付机构", "payment institutions"),
    ("保险公司", "insurance companies"),
    ("广告伙伴", "advertising partners"),
    ("云服务商", "cloud providers"),
    ("关联公司", "affiliated companies"),
    ("审计机构", "auditors"),
    ("监管部门", "regulators"),
    ("法院", "courts of law"),
    ("学校", "schools"),
    ("医院", "hospitals"),
    ("科研机构", "research institutes"),
    ("内容审核团队", "teams that review content"),
    ("海外分支机构", "branches abroad"),
    ("酒店", "hotels"),
    ("航空公司", "airlines"),
    ("房东", "landlords"),
    ("招聘平台", "recruiting platforms"),
    ("软件开发包提供者", "providers of software kits"),
    ("短信服务商", "providers of text messages"),
)
PURPOSE: tuple[Pair, ...] = (
    ("注册账号", "to register an account"),
    ("核实身份", "to verify who you are"),
    ("配送商品", "to deliver goods"),
    ("防范欺诈", "to prevent fraud"),
    ("推荐内容", "to recommend content"),
    ("改进产品", "to improve the product"),
    ("发送通知", "to send notices"),
    ("处理投诉", "to handle complaints"),
    ("开具发票", "to issue invoices"),
    ("计算保费", "to calculate a premium"),
    ("保护未成年人", "to protect minors"),
    ("统计访问量", "to count visits"),
    ("修复故障", "to repair faults"),
    ("履行法律义务", "to meet a legal duty"),
    ("安排面试", "to arrange an interview"),
    ("导航", "to navigate"),
    ("语音输入", "to take voice input"),
    ("邀请好友", "to invite friends"),
    ("备份数据", "to back up data"),
    ("举办抽奖", "to hold a prize draw"),
)
WHEN: tuple[Pair, ...] = (
    ("首次登录时", "when you sign in for the first time"),
    ("更换设备时", "when you change your device"),
    ("忘记密码时", "when you forget your password"),
    ("参加活动时", "when you join a campaign"),
    ("提交申请时", "when you file a request"),
    ("退货时", "when you return goods"),
    ("联系客服时", "when you contact our service"),
    ("在后台运行时", "while running in the background"),
    ("关闭权限后", "after you switch the permission off"),
    ("注销账号后", "after you close your account"),
    ("合并或收购时", "in a merger or an acquisition"),
    ("发生安全事件时", "when a security incident happens"),
    ("出境旅行时", "when you travel abroad"),
    ("未满十四周岁时", "when you are under fourteen"),
    ("续订服务时", "when you renew a subscription"),
    ("使用访客模式时", "when you use guest mode"),
)
HOW: tuple[Pair, ...] = (
    ("加密保存", "keep it encrypted"),
    ("匿名处理", "make it anonymous"),
    ("删除", "delete it"),
    ("单独征得您的同意", "ask for your separate consent"),
    ("限制访问人员", "limit who may see it"),
    ("仅保存在您的设备上", "keep it on your device only"),
    ("以弹窗告知您", "tell you in a pop-up window"),
    ("移交受托方处理", "hand it to a processor"),
    ("停止收集", "stop collecting it"),
    ("保存在境内服务器", "store it on servers in the country"),
    ("每年评估一次", "assess it once a year"),
    ("提供关闭选项", "offer a way to switch it off"),
)
# {n} is a number of days, months or copies.
FRAMES: tuple[Pair, ...] = (
    (
        "{when}，我们为了{purpose}收集{data}，并在{n}天内{how}。",
        "{When} we collect {data} {purpose} and {how} within {n} days.",
    ),
    (
        "我们向{who}提供{data}，用于{purpose}；{when}，我们会{how}。",
        "We give {who} {data} {purpose}; {when} we {how}.",
    ),
    (
        "未经您同意，{who}不得为了{purpose}使用{data}。",
        "Without your consent {who} may not use {data} {purpose}.",
    ),
    (
        "您可以在{n}天内撤回同意，此后我们不再为了{purpose}处理{data}。",
        "You may withdraw consent within {n} days; we then no longer process {data} {purpose}.",
    ),
    (
        "{when}，您可以要求我们把{data}转移给{who}，每年不超过{n}次。",
        "{When} you may ask us to transfer {data} to {who}, at most {n} times a year.",
    ),
    ("{data}的保存期限为{n}个月，期满后我们会{how}。", "We hold {data} for {n} months; after that we {how}."),
    (
        "如果{who}要求查看{data}，我们先核对其权限，再{how}。",
        "If {who} ask to see {data}, we check their authority and {how}.",
    ),
    (
        "拒绝提供{data}不影响您使用其他功能，但{when}无法{purpose}。",
        "Refusing {data} leaves other functions usable, but {when} it is not possible {purpose}.",
    ),
)
TITLES: tuple[Pair, ...] = (
    ("收集", "Collection"),
    ("共享", "Sharing"),
    ("保存", "Retention"),
    ("权利", "Rights"),
    ("安全", "Security"),
    ("跨境", "Transfers abroad"),
    ("未成年人", "Minors"),
    ("自动化决策", "Automated decisions"),
)


def write_corpus(
    folder: Path, clauses: int, languages: Sequence[Language] = LANGUAGES, seed: int = 0
) -> Path:
    """A policy folder with just so many clauses, without a bank."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = ("\n\n".join(paragraphs(clauses, lang, seed)) for lang in languages)
    (folder / "policy.md").write_text("\n\n".join(parts) + "\n", "utf-8")
    (folder / "policy.yml").write_text(
        f"id: corpus-{clauses}\nversion: '1'\neffective_date: 2024-01-01\nlanguages: [{', '.join(languages)}]\n"
        "title: {zh: 大型政策, en: Large Policy}\n",
        "utf-8",
    )
    return folder


def paragraphs(clauses: int, lang: Language, seed: int = 0) -> Iterator[str]:
    """The title, then a paragraph a clause, each with its number."""
    dice = random.Random(seed)
    side = 0 if lang == "zh" else 1
    yield "# " + ("大型政策", "Large Policy")[side]
    for number in range(clauses):
        article, rest = divmod(number, 1 + SECTIONS * (1 + ITEMS))
        section, item = divmod(rest - 1, 1 + ITEMS)
        title, sentence, more = _title(dice)[side], _sentence(dice)[side], _sentence(dice)[side]
        if not rest:
            yield f"# {article + 1}. {title}"
        elif not item:
            yield f"{article + 1}.{section + 1} {sentence}"
        else:
            gap = "" if lang == "zh" else " "
            yield f"{article + 1}.{section + 1}.{item} {sentence}" + (f"{gap}{more}" if item % 3 == 0 else "")


def _title(dice: random.Random) -> Pair:
    kind, what, why = dice.choice(TITLES), dice.choice(DATA), dice.choice(PURPOSE)
    return f"{kind[0]}：{what[0]}与{why[0]}", f"{kind[1]} of {what[1]} {why[1]}"


def _sentence(dice: random.Random) -> Pair:
    frame = dice.choice(FRAMES)
    drawn = {
        "data": dice.choice(DATA),
        "who": dice.choice(WHO),
        "purpose": dice.choice(PURPOSE),
        "when": dice.choice(WHEN),
        "how": dice.choice(HOW),
    }
    number = dice.randrange(2, 400)
    zh = frame[0].format(n=number, **{slot: pair[0] for slot, pair in drawn.items()})
    english = {slot: pair[1] for slot, pair in drawn.items()}
    when = english["when"]
    en = frame[1].format(n=number, When=when[0].upper() + when[1:], **english)
    return zh, en
