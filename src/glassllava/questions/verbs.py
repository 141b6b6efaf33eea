"""What counts as a finite verb, told by its stem.

In: nothing. Out: patterns; used by `prose` and `pointers` to find whether words make a sentence.
"""

from __future__ import annotations

import re

_VERB_STEMS = re.findall(
    r"\S+",
    "accompan accumulat achiev act adher adsorb affect agree aggregat allow amount appear arise attenuat "
    "attribut becom belong break caus chang characteri clarif coarsen coalesc collaps "
    "compare compris concentrat confirm consist contain contribut control correspond cover crack creat "
    "crystalli decompos decreas degrad deliver demonstrat depend deteriorat develop dictat differ diffus "
    "disappear display dissolv distort dominat elongat embed enable enhanc ensur evolv exceed exhibit "
    "exist expand expect explain exten facilitat fail fill form fractur gather generat give grow hinder "
    "impl improv includ increas indicat induc influenc inhibit interact involv lead lie limit lower maintain "
    "match mean melt merg need nucleat observ obtain occup occur offer originat penetrat "
    "permit play point possess precede precipitat predict prefer present prevent produc promot propagat "
    "provid raise reach react reduc reflect relat releas rely remain remov replac represent requir resist "
    "result "
    "retain reveal rise scatter seem segregat separat serv set show shrink solidif stabili stay stem "
    "strengthen suffer suggest support suppress surround tend transform travel turn undergo vanish var "
    "vitrif widen yield cross deflect connect intersect branch split bend align orient spread flow pass "
    "bind bridge agglomerat coat bond adopt attain avoid blunt circumvent clog curl etch fus hold host "
    "intercalat interlock overlap pack penetrat pin preserv protrud pull resembl round shift shorten "
    "smooth soften spall swell taper terminat trap twist wet wrap roughen peel sinter stack hav",
)

FINITE_VERB = (
    r"(?:is|are|was|were|has|have|had|can|could|may|might|must|will|would|should|does|do|did|became|become|"
    r"grew|led|made|took|gave|ran|rose|fell|kept|held|lay|came|went|"
    r"found|underwent|began|broke|meant|arose|lies|"
    rf"(?:{'|'.join(_VERB_STEMS)})(?:s|es|ies|ed|ied|d|e|y)?|(?!(?:likew|otherw|w|clockw|preci|conci|no|"
    rf"exerc|ma|prem|expert|s|pr|citr)i)[a-z]+(?:ise|ize|yse)[sd]?)"
)

FINITE = re.compile(rf"\b{FINITE_VERB}\b")
