import shutil
from pathlib import Path

import pytest
import yaml

import glassllava.domains
from glassllava.domains import BrokenDomainPack, load_domain, load_pack

GLASS = Path(glassllava.domains.__file__).parent / "glass_sem"


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "pack"
    shutil.copytree(GLASS, folder)
    return folder


def changed(folder, change, file="domain.yaml"):
    content = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
    change(content)
    (folder / file).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def test_the_glass_pack_has_the_seven_categories_of_the_paper():
    domain = load_domain("glass-sem")
    assert [category.name for category in domain.categories] == [
        "General", "Microstructure", "Morphology", "Phase and Composition", "Defect and Fracture",
        "Processing and Environmental Impact", "Prediction and Interpretation",
    ]  # fmt: skip
    assert domain.category("General").subcategories == ("simple",)
    assert all(c.subcategories == ("simple", "complex") for c in domain.categories[1:])
    assert len(domain.context_types) == 5
    assert domain.shares.training["General"] == 18.5
    assert domain.shares.evaluation["Processing and Environmental Impact"] == 9.2


def test_a_pack_of_ones_own_is_read_from_its_folder(pack):
    changed(pack, lambda content: content.update(name="my-own"))
    assert load_domain(str(pack)).name == "my-own"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.pop("defects"), ["domain.yaml", "defects"]),
        (lambda c: c.update(colour="blue"), ["domain.yaml", "colour"]),
        (lambda c: c["categories"][1].update(terms=["gra*in"]), ["domain.yaml", "categories.1.terms", "gra*in"]),
        (lambda c: c["shares"]["training"].pop("General"), ["shares.training", "General"]),
        (lambda c: c["shares"]["evaluation"].update(General=90.0), ["shares.evaluation", "100 %"]),
        (lambda c: c["categories"][1]["samples"].pop("complex"), ["categories.1", "samples"]),
        (lambda c: c["categories"][1].update(told_by=["colour"]), ["told_by", "Microstructure"]),
    ],
)
def test_a_broken_pack_is_refused_with_file_field_and_reason(pack, change, words):
    with pytest.raises(BrokenDomainPack) as fault:
        load_pack(changed(pack, change))
    assert all(word in str(fault.value) for word in words)


def test_phrases_must_word_every_category(pack):
    changed(pack, lambda content: content["questions"].pop("Morphology"), "phrases.yaml")
    with pytest.raises(BrokenDomainPack, match=r"phrases\.yaml.*Morphology"):
        load_pack(pack)


def test_a_missing_file_and_bad_yaml_are_named(pack):
    (pack / "phrases.yaml").unlink()
    with pytest.raises(BrokenDomainPack, match=r"phrases\.yaml"):
        load_pack(pack)
    (pack / "domain.yaml").write_text("categories: [", encoding="utf-8")
    with pytest.raises(BrokenDomainPack, match="no valid YAML"):
        load_pack(pack)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(BrokenDomainPack, match="glass-sem"):
        load_domain("marmalade")
