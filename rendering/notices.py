"""Notices in words: facts and a template become the text of one channel in one language.

Renders what the facts say and refuses the rest; decides nothing and sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, PackageLoader

from incidents import strict_yaml
from incidents.errors import Invalid
from incidents.terms import LANGUAGES, Channel, Outlet, Script, outlet
from notifications.facts import SLOTS, Facts
from notifications.message import Text
from notifications.samples import Around, Said, sample
from notifications.template import KINDS, WITHDRAWAL, Own, Version, label, notice_path, words_path, written
from notifications.wording import Finding, Severity, remarks_on_words
from rendering import checks, guards, proofs
from rendering.allow import PAGE_NODES, Allowance
from rendering.chat import ALLOWANCE as CHAT_ALLOWANCE
from rendering.chat import chat_text
from rendering.chat import problems as chat_problems
from rendering.checks import Cost, Look
from rendering.marks import marked
from rendering.paging import ALLOWANCE as PAGE_ALLOWANCE
from rendering.paging import page_text
from rendering.paging import problems as page_problems
from rendering.paragraphs import paragraphs, tidy
from rendering.shelf import Shelf, Value
from rendering.words import shipped_words, words

LONGEST: dict[Outlet, int] = {
    Channel.SMS: 1_600,
    Channel.EMAIL: 20_000,
    Channel.WEB: 20_000,
    Script.HOTLINE: 20_000,
    Script.SOCIAL: 2_000,
}
"""Characters of a whole text. 1,600 is what SMS providers take at most (Twilio)."""
LONGEST_SUBJECT = 500
HEADS = {Channel.EMAIL: "Subject: ", Channel.WEB: "Title: "}
"""How the first line of a template with a subject begins."""

LAYOUT = "pages/email.html"
LAYOUT_SLOTS = ("language", "subject", "paragraphs", "lines", "before", "link", "after")

SOCIAL_LONGEST = {"zh-CN": 140, "en": 280}
"""Characters of one post, each counted as one (Weibo and X count fewer for some)."""
EXTRAS = ("emergency_numbers", "workaround")
"""What a post leaves out first when it is too long; a withdrawal advises nothing at all."""
CUT = {"zh-CN": "……", "en": "... "}


class Notices:
    """The notice templates: ours, with the operator's own approved texts in front.

    Only notices and words can be an operator's; the layouts around them and the posts to the staff chat are
    always ours.
    """

    def __init__(self, own: Own | None = None):
        self._own = dict(own or {})
        texts = DictLoader({path: version.text for path, version in self._own.items()})
        loader: BaseLoader = ChoiceLoader([texts, PackageLoader("templates", ".")])
        self._texts = Shelf(loader, Allowance(SLOTS))
        self._social = Shelf(PackageLoader("templates", "."), Allowance((*SLOTS, "sms")))
        self._chat = Shelf(PackageLoader("templates", "."), CHAT_ALLOWANCE)
        self._pages = Shelf(PackageLoader("templates", "."), PAGE_ALLOWANCE)
        self._layouts = Shelf(PackageLoader("templates", "."), Allowance(LAYOUT_SLOTS, PAGE_NODES))
        self._under: dict[tuple[tuple[str, str], ...], Notices] = {}
        self._labels: dict[str, str] = {}

    def under(self, own: Own) -> Notices:
        """The same desk with these texts in front; the last one is kept, compiled."""
        key = tuple(sorted((path, version.name + version.digest) for path, version in own.items()))
        if key not in self._under:
            self._under = {key: Notices(own)}
        return self._under[key]

    def words(self, language: str) -> Mapping[str, Any]:
        """The phrases that facts are put into.

        An operator's file that is not sound (any more) is passed over: ours are said, and the check names it.
        """
        own = self._sound_words(language)
        return words(language, own.text) if own else words(language)

    def _sound_words(self, language: str) -> Version | None:
        own = self._own.get(f"words/{language}.yaml")
        try:
            return own if own and words(language, own.text) else None
        except Invalid:
            return None

    def text(self, kind: str, channel: str, language: str, facts: Facts) -> Text:
        """The notice as it leaves, or as people say and post it.

        Invalid, with the template's path as its field: a slot that is missing or unknown, a kind that owes
        its next update without it (R28), an empty, over-long or unsafe result.
        """
        path = template_path(kind, channel, language)
        _check_facts(path, kind, facts)
        if channel == Script.SOCIAL:
            return self._post(kind, language, facts)
        plain = tidy(self._texts.render(path, facts, LONGEST[outlet(channel)]))
        rendered = marked(plain, language, _heads(channel, language, facts), bool(facts["exercise"]))
        _refuse(path, guards.body_objection(rendered))
        made = self._made_from(path, language)
        if "next_update" in self._texts.slots(path):
            _refuse(path, _broken_promise(kind, rendered, facts))
        if channel == Channel.SMS:
            return _sms(path, rendered, facts, made)
        if channel == Script.HOTLINE:
            _refuse(path, "" if rendered else "the text is empty")
            return Text(body=rendered, template=made)
        subject, body = _headed(path, rendered, HEADS[Channel(channel)])
        html = self.html(language, subject, body, facts) if channel == Channel.EMAIL else ""
        return Text(body=body, subject=subject, html=html, template=made)

    def said(self, path: str, facts: Facts) -> str:
        """What the text at `path` says with these facts, before any check of it. Invalid if it does not render."""
        channel = (notice_path(path) or ("", Channel.WEB, ""))[1]
        return tidy(self._texts.render(path, facts, LONGEST[outlet(channel)]))

    def source(self, path: str) -> str:
        """A text as it was written: the operator's, else ours. Invalid if there is none."""
        language = words_path(path)
        if language is not None:
            own = self._own.get(path)
            return own.text if own else shipped_words(language)
        return self._texts.source(path)

    def findings(self, path: str, around: Around | None = None) -> list[Finding]:
        """Every remark about one text; with names and a setting also what an SMS costs."""
        language = words_path(path)
        if language is not None:
            return self._word_findings(path, language, around)
        return list(checks.findings(path, self._look(), around))

    def cost(self, kind: str, language: str, around: Around) -> Cost:
        """What the SMS of this kind costs. Invalid if it cannot be rendered."""
        return checks.cost(kind, language, self._look(), around)

    def sample(self, kind: str, language: str, around: Around, worst: bool = False) -> Facts:
        """The facts of the outage that never was."""
        try:
            return sample(kind, language, around, _said(), self.words(language), worst)
        except (LookupError, TypeError, ValueError) as error:
            path = f"words/{language}.yaml"
            raise Invalid(
                "words {path}: {why}",
                path=path,
                why=f"a phrase cannot be filled in: {error}",
                field=path,
                next="compare it with the shipped file of the same name",
            ) from error

    def check(self) -> list[str]:
        """Every error of every kind, channel and language in force, as sentences; empty if all is well."""
        found = [one for path in every_path() for one in self.findings(path)]
        errors = [str(one) for one in found if one.severity is Severity.ERROR]
        return [*errors, *chat_problems(self._chat), *page_problems(self._pages)]

    def chat(self, kind: str, language: str, slots: Mapping[str, str]) -> str:
        """A post to the staff chat; slots that are not given are "". Invalid for an unknown kind."""
        return chat_text(self._chat, kind, language, slots)

    def page(self, kind: str, language: str, slots: Mapping[str, str]) -> str:
        """A page to staff, or a frame around it; slots that are not given are "". Invalid for an unknown kind."""
        return page_text(self._pages, kind, language, slots)

    def _look(self) -> Look:
        return Look(self.source, self._texts.slots, self.text, self.sample)

    def _word_findings(self, path: str, language: str, around: Around | None) -> list[Finding]:
        """Words are sound when every kind of ours can be told with them."""
        own = self._own.get(path)
        said = list(remarks_on_words(path, own.text)) if own else []
        if said:
            return said
        try:
            words(language, own.text if own else "")
            if around is not None and own is not None:
                Notices({path: own}).tell_everything(language, around)
        except Invalid as refusal:
            return [checks.refused(path, refusal)]
        return []

    def tell_everything(self, language: str, around: Around) -> None:
        """Render every kind and channel of one language once; Invalid for the first that cannot be."""
        for kind in KINDS:
            facts = self.sample(kind, language, around)
            for channel in written(kind):
                self.text(kind, channel, language, facts)

    def _made_from(self, path: str, language: str) -> str:
        """Whose template it is and its hash; the operator's words in force are named too."""
        if path not in self._labels:
            own, said = self._own.get(path), self._sound_words(language)
            made = label(own.name if own else "shipped", self._texts.source(path))
            self._labels[path] = f"{made}+{label(said.name, said.text)}" if said else made
        return self._labels[path]

    def _post(self, kind: str, language: str, facts: Facts) -> Text:
        """The SMS with what else fits: made, not written, so that it can say nothing else."""
        sms = self.text(kind, Channel.SMS, language, facts)
        path, most = f"social/{language}.txt", SOCIAL_LONGEST[language]
        for dropped in (2,) if kind == WITHDRAWAL else (0, 1, 2):
            context = {**facts, "sms": sms.body, **dict.fromkeys(EXTRAS[:dropped], "")}
            body = tidy(self._social.render(path, context, LONGEST[Script.SOCIAL]))
            if len(body) <= most:
                return Text(body=body, template=sms.template)
        tail = CUT[language] + str(facts["link"])
        return Text(body=sms.body[: most - len(tail)] + tail, template=sms.template)

    def html(self, language: str, subject: str, body: str, facts: Facts) -> str:
        """The mail's HTML part: our layout around these words."""
        blocks = paragraphs(body, str(facts["page"]))
        context: dict[str, Value] = {"language": language, "subject": subject, "paragraphs": blocks}
        return self._layouts.render(LAYOUT, context, 5 * LONGEST[Channel.EMAIL])


def every_path() -> Iterable[str]:
    """Every text that can be an operator's, kind by kind, then the words."""
    for kind in KINDS:
        for channel in written(kind):
            for language in LANGUAGES:
                yield f"notices/{kind}/{channel}.{language}.txt"
    for language in LANGUAGES:
        yield f"words/{language}.yaml"


def template_path(kind: str, channel: str, language: str) -> str:
    """Where the template is (a social text is made from the SMS); Invalid for what has none."""
    written = Channel.SMS.value if channel == Script.SOCIAL else channel
    path = f"notices/{kind}/{written}.{language}.txt"
    if notice_path(path) is None:
        raise Invalid(
            "there is no template {path}",
            path=path,
            field=path,
            next="kinds are " + ", ".join(KINDS),
        )
    return path


@cache
def _said() -> Said:
    """templates/samples.yaml."""
    said: Said = strict_yaml.read(files("templates").joinpath("samples.yaml").read_text("utf-8"))
    return said


def _check_facts(path: str, kind: str, facts: Facts) -> None:
    """Facts are complete, plain and single lines; a line break would be a new header or a new fact."""
    odd = sorted(set(facts) ^ set(SLOTS))
    _refuse(path, f"these slots are missing or unknown: {', '.join(odd)[:200]}" if odd else "")
    for name, value in facts.items():
        why = guards.line_objection(str(value))
        _refuse(path, f"the slot {name}: {why}" if why else "")
    if not facts["next_update"] and proofs.promise_owed(kind, bool(facts["over"])):
        _refuse(path, "a notice that is not final must say when the next one comes")


def _broken_promise(kind: str, rendered: str, facts: Facts) -> str:
    """Why a text that owes its next update does not say it, whatever its template names (R28)."""
    owed = proofs.promise_owed(kind, bool(facts["over"]))
    if not rendered or not owed or str(facts["next_update"]) in rendered:
        return ""
    return "it does not say when the next notice comes, though it names {{ next_update }}"


def _heads(channel: str, language: str, facts: Facts) -> tuple[str, ...]:
    """What stands before the mark of an exercise: the signature of an SMS, the name of a subject line."""
    signature = str(facts["signature"])
    return tuple(HEADS.values()) + ((f"【{signature}】", f"{signature}: ") if channel == Channel.SMS else ())


def _sms(path: str, rendered: str, facts: Facts, made: str) -> Text:
    _refuse(path, "" if rendered else "the text is empty")
    _refuse(path, guards.link_objection(rendered, str(facts["link"])))
    return Text(body=rendered, template=made)


def _headed(path: str, rendered: str, head: str) -> tuple[str, str]:
    """The subject of the first line and the body after the blank line."""
    first, gap, body = rendered.partition("\n\n")
    subject = first.removeprefix(head).strip()
    if not first.startswith(head) or not gap or "\n" in first:
        _refuse(path, f"its first line must be {head.strip()!r} and the second blank")
    _refuse(path, "" if subject and body else "the subject or the text is empty")
    _refuse(path, guards.header_objection(subject))
    if len(subject) > LONGEST_SUBJECT:
        _refuse(path, f"the subject is longer than {LONGEST_SUBJECT} characters")
    return subject, body


def _refuse(path: str, why: str) -> None:
    if why:
        raise Invalid(
            "template {path}: {why}",
            path=path,
            why=why,
            field=path,
            next="correct the template or the fact it prints, then render again",
        )
