"""What all request forms share: reading an answer, asking the next question, filing."""

from __future__ import annotations

import abc
from typing import Any, Dict, List, Optional, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import decisions, human, policy, status
from actions.client import ApiClient, ApiRefused, ApiUnavailable, NewRequest
from actions.contacts import has_contact, meant_contacts
from actions.decisions import NO_GROUND, Choose, Decision, Fill, Reopen, Simple, Switch
from actions.openings import is_for_child, opening_scope
from actions.request_forms import RequestForm, form_named
from actions.turn import Turn, read_turn
from actions.words import Words, load_words

Events = List[Dict[Text, Any]]

# A request's own slots. The contact is the person's and stays for their next request.
REQUEST_SLOTS = (
    "scope",
    "ground",
    "acknowledged",
    "guardian_for_child",
    "confirmed",
    "filing_turn_id",
    "filing_type",
    "next_form",
)
# Asides that a response alone answers.
ASIDES = {"thanks": "utter_thanks", "identity": "utter_identity"}


def cleared() -> Events:
    """Events that forget the request at hand."""
    return [SlotSet(slot, None) for slot in REQUEST_SLOTS] + listening()


def listening(failures: int = 0, stop_asked: bool = False) -> Events:
    """Events of a form that goes on. Rasa takes a form for rejected if validation sets no slot, so these always do."""
    return [SlotSet("failures", failures), SlotSet("stop_asked", stop_asked)]


def tell_state(dispatcher: CollectingDispatcher, form: Optional[RequestForm], step: Optional[Text]) -> None:
    """Tell the gateway where the dialogue stands, for its reduced mode."""
    dispatcher.utter_message(json_message={"state": {"form": form.type if form else None, "step": step}})


async def cite(
    dispatcher: CollectingDispatcher, client: ApiClient, form: RequestForm, response: Text
) -> None:
    """Show the clause that grants this request; without the api the form goes on without it."""
    try:
        clause_id = (await client.request_types())[form.type].clause_id
    except (ApiUnavailable, ApiRefused, KeyError):
        return
    dispatcher.utter_message(response=response, clause_id=clause_id)


class ValidateRequestForm(Action, abc.ABC):
    """Reads the user's message while a form is open; the form itself then asks for whatever is still missing."""

    def __init__(self, client: Optional[ApiClient] = None, words: Optional[Words] = None) -> None:
        self._client = client or ApiClient.from_environment()
        self._words = words or load_words()

    @property
    @abc.abstractmethod
    def form(self) -> RequestForm:
        """The form it reads answers for."""

    def name(self) -> Text:
        return f"validate_{self.form.name}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> Events:
        turn = read_turn(tracker)
        if turn.step is None:
            return await self._open(dispatcher, turn)
        return await self._carry_out(decisions.decide(turn, self.form, self._words), dispatcher, turn)

    async def _open(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        """The form just opened: keep what its opening sentence already says beyond the wish itself."""
        if turn.intent != self.form.intent:
            return listening()  # opened again after a filing that failed
        asks = decisions.looks_like_question(turn.text)
        scope = opening_scope(turn, self.form, asks, self._words)
        if scope is None or turn.slots.get("scope"):
            return [*self._beside_scope(turn), *listening()]
        if turn.failures == 0:
            await cite(dispatcher, self._client, self.form, "utter_promise")
        dispatcher.utter_message(response="utter_scope_taken", taken=scope)
        return await self._fill(Fill("scope", scope), turn)

    def _beside_scope(self, turn: Turn) -> Events:
        """What the words of an opening or a content say besides: that it is for a child, and whose contact."""
        events = [SlotSet("guardian_for_child", True)] if is_for_child(turn.text, self._words) else []
        if has_contact(turn.text):
            # Rasa took the last one; which of several is meant has to be asked.
            meant = meant_contacts(turn.text, self._words)
            events.append(SlotSet("contact", meant[0] if len(meant) == 1 else None))
        return events

    async def _carry_out(self, decision: Decision, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if isinstance(decision, Fill):
            return await self._fill(decision, turn)
        if isinstance(decision, Choose):
            return await self._choose(decision, dispatcher, turn)
        if isinstance(decision, Reopen):
            if decision.because:
                dispatcher.utter_message(response=decision.because)
            # Another text or contact makes another request, so it must not be taken for a repeat of a failed filing.
            return [SlotSet(decision.slot, None), SlotSet("filing_turn_id", None), *listening()]
        if isinstance(decision, Switch):
            dispatcher.utter_message(response="utter_switched")
            return [*cleared(), SlotSet("next_form", decision.form.name), SlotSet("requested_slot", None)]
        return await self._simple(decision, dispatcher, turn)

    async def _fill(self, decision: Fill, turn: Turn) -> Events:
        events = [SlotSet(decision.slot, decision.value), *listening()]
        if decision.slot == "scope":
            events += self._beside_scope(turn)
            if "ground" in self.form.first_steps and not await self._grounds():
                events.append(SlotSet("ground", NO_GROUND))
        if decision.slot in ("contact", "guardian_for_child"):
            events.append(SlotSet("filing_turn_id", None))  # another request than one that failed to be filed
        if decision.slot == "confirmed":
            # A filing that failed keeps its turn id: if it did arrive, "yes" again finds that one, not a second.
            events.append(SlotSet("filing_turn_id", turn.slots.get("filing_turn_id") or turn.turn_id))
            events.append(SlotSet("filing_type", self.form.type))
        return events

    async def _choose(self, decision: Choose, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.step == "ground" and decision.clause_id in await self._grounds():
            return [SlotSet("ground", decision.clause_id), *listening()]
        policy.show(dispatcher, [decision.clause_id], 1.0)
        return self._resume(dispatcher)

    async def _simple(self, decision: Simple, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if decision.kind == "stop":
            dispatcher.utter_message(response="utter_stopped")
            return [*cleared(), SlotSet("requested_slot", None)]
        if decision.kind == "ask_stop":
            dispatcher.utter_message(response="utter_ask_stop")
            return listening(stop_asked=True)
        if decision.kind == "unclear":
            return listening(failures=turn.failures + 1)
        if decision.kind == "abuse":
            dispatcher.utter_message(response="utter_calm")
            return listening()
        if decision.kind == "question":
            await policy.answer(dispatcher, self._client, turn, self.form.type)
        elif decision.kind == "people":
            await human.say_how_to_reach_people(dispatcher, self._client)
        elif decision.kind == "status":
            await status.show_requests(
                dispatcher, self._client, turn.session_id, "utter_requests_listed", "utter_nothing_to_cancel"
            )
        elif decision.kind in ASIDES:
            dispatcher.utter_message(response=ASIDES[decision.kind])
        return self._resume(dispatcher)

    def _resume(self, dispatcher: CollectingDispatcher) -> Events:
        dispatcher.utter_message(response="utter_resume")
        return listening()

    async def _grounds(self) -> List[Text]:
        try:
            types = await self._client.request_types()
        except (ApiUnavailable, ApiRefused):
            return []
        return list(types[self.form.type].ground_ids) if self.form.type in types else []


class AskStep(Action, abc.ABC):
    """Asks one question: once plainly, after a failure with an apology, after two with help and a way out."""

    def __init__(self, client: Optional[ApiClient] = None) -> None:
        self._client = client or ApiClient.from_environment()

    @property
    @abc.abstractmethod
    def step(self) -> Text:
        """The slot asked for."""

    def name(self) -> Text:
        return f"action_ask_{self.step}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> Events:
        turn = read_turn(tracker)
        form = form_named(tracker.active_loop.get("name"))
        if form is None:
            return []
        tell_state(dispatcher, form, self.step)
        if turn.slots.get("stop_asked"):
            return []  # "stop or carry on?" was just asked, and one question at a time is enough
        if turn.failures == 1:
            dispatcher.utter_message(response="utter_not_understood")
        await self._ask(dispatcher, turn, form)
        return []

    @abc.abstractmethod
    async def _ask(self, dispatcher: CollectingDispatcher, turn: Turn, form: RequestForm) -> None:
        """Say the question."""


class ActionAskScope(AskStep):
    """Which data, or what happened."""

    step = "scope"

    async def _ask(self, dispatcher: CollectingDispatcher, turn: Turn, form: RequestForm) -> None:
        if turn.intent == form.intent and turn.failures == 0:
            # "How do I get a copy?" is a wish and a question: the clause answers the one, the form the other.
            await cite(dispatcher, self._client, form, "utter_promise")
        dispatcher.utter_message(response=f"utter_{form.type}_scope" + ("_help" if turn.failures > 1 else ""))


class ActionAskGround(AskStep):
    """Which clause is the reason; optional."""

    step = "ground"

    async def _ask(self, dispatcher: CollectingDispatcher, turn: Turn, form: RequestForm) -> None:
        try:
            ground_ids = list((await self._client.request_types())[form.type].ground_ids)
        except (ApiUnavailable, ApiRefused, KeyError):
            ground_ids = []
        dispatcher.utter_message(response="utter_ground")
        if ground_ids:
            dispatcher.utter_message(json_message={"reply": "choices", "clause_ids": ground_ids})


class ActionAskAcknowledged(AskStep):
    """Has the user read what follows; the clause itself is quoted by the gateway."""

    step = "acknowledged"

    async def _ask(self, dispatcher: CollectingDispatcher, turn: Turn, form: RequestForm) -> None:
        helping = turn.failures > 1
        if not helping and turn.failures == 0:
            await cite(dispatcher, self._client, form, f"utter_{form.type}_consequences")
        dispatcher.utter_message(response=f"utter_{form.type}_acknowledged" + ("_help" if helping else ""))


class ActionAskContact(AskStep):
    """An e-mail address or phone number."""

    step = "contact"

    async def _ask(self, dispatcher: CollectingDispatcher, turn: Turn, form: RequestForm) -> None:
        dispatcher.utter_message(response="utter_contact" + ("_help" if turn.failures > 1 else ""))


class ActionAskConfirmed(AskStep):
    """The summary, and whether to file it."""

    step = "confirmed"

    async def _ask(self, dispatcher: CollectingDispatcher, turn: Turn, form: RequestForm) -> None:
        if turn.failures > 1:
            dispatcher.utter_message(response="utter_confirm_help")
        ground = turn.slots.get("ground")
        if ground and ground != NO_GROUND:
            dispatcher.utter_message(response="utter_ground_chosen", clause_id=ground)
        if turn.slots.get("guardian_for_child"):
            dispatcher.utter_message(response="utter_for_child")
        dispatcher.utter_message(response=f"utter_{form.type}_confirmed")


class ActionSubmitRequest(Action):
    """Runs when a form closes: files what was confirmed, opens the form that was asked for instead, or just ends."""

    def __init__(self, client: Optional[ApiClient] = None) -> None:
        self._client = client or ApiClient.from_environment()

    def name(self) -> Text:
        return "action_submit_request"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> Events:
        turn = read_turn(tracker)
        if turn.slots.get("confirmed"):
            return await self._file(dispatcher, turn)
        tell_state(dispatcher, None, None)
        following = turn.slots.get("next_form")
        return cleared() + ([FollowupAction(following)] if following else [])

    async def _file(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        try:
            filed = await self._client.file(new_request(turn))
        except ApiRefused as refusal:
            return self._again(dispatcher, turn, refusal)
        except ApiUnavailable:
            return self._again(dispatcher, turn, None)
        said = "utter_filed" if filed.created else "utter_already_filed"
        dispatcher.utter_message(response=said, reference=filed.reference)
        dispatcher.utter_message(json_message={"reply": "ticket", "reference": filed.reference})
        tell_state(dispatcher, None, None)
        return cleared()

    def _again(self, dispatcher: CollectingDispatcher, turn: Turn, refusal: Optional[ApiRefused]) -> Events:
        """Say that nothing is known to be filed and open the form again, with everything but the "yes" kept."""
        events = [SlotSet("confirmed", None)]
        if refusal is not None and refusal.is_about_contact:
            unknown = refusal.code == "contact_unknown"
            dispatcher.utter_message(response="utter_contact_unknown" if unknown else "utter_contact_invalid")
            events += [SlotSet("contact", None), SlotSet("filing_turn_id", None)]
        else:
            dispatcher.utter_message(response="utter_filing_failed")
        return events + listening() + [FollowupAction(f"{turn.slots.get('filing_type')}_form")]


def new_request(turn: Turn) -> NewRequest:
    """The confirmed slots as a request."""
    ground = turn.slots.get("ground")
    return NewRequest(
        session_id=turn.session_id,
        turn_id=str(turn.slots.get("filing_turn_id") or turn.turn_id),
        type=str(turn.slots.get("filing_type")),
        lang=turn.lang,
        scope=turn.slots.get("scope"),
        ground=None if ground == NO_GROUND else ground,
        contact=str(turn.slots.get("contact")),
        guardian_for_child=bool(turn.slots.get("guardian_for_child")),
    )
