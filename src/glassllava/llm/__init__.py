"""The one door to language models: consent, calls with their states, and the store that asks nothing twice.

In: requests (messages, images, the form of the answer) and an endpoint that the workspace names. Out: results with a
state, and `Call` rows in the workspace.
"""

from glassllava.llm.consent import Endpoint, allowed_endpoint
from glassllava.llm.loopback import is_loopback

__all__ = ["Endpoint", "allowed_endpoint", "is_loopback"]
