"""The one door to language models: consent, calls with their states, and the store that asks nothing twice.

In: requests (messages, images, the form of the answer) and an endpoint that the workspace names. Out: results with a
state, and `Call` rows in the workspace.
"""

from glassllava.llm.consent import Endpoint, allowed_endpoint
from glassllava.llm.door import Door
from glassllava.llm.faults import BudgetSpent, EndpointStopped
from glassllava.llm.loopback import is_loopback
from glassllava.llm.outcome import STATES, State
from glassllava.llm.requests import Image, Message, Request, Sampling, call_key, conversation
from glassllava.llm.results import Plan, Result, Tally
from glassllava.llm.stages import StageDoor, plan

__all__ = [
    "STATES",
    "BudgetSpent",
    "Door",
    "Endpoint",
    "EndpointStopped",
    "Image",
    "Message",
    "Plan",
    "Request",
    "Result",
    "Sampling",
    "StageDoor",
    "State",
    "Tally",
    "allowed_endpoint",
    "call_key",
    "conversation",
    "is_loopback",
    "plan",
]
