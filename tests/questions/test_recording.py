from glassllava.questions.recording import recorded, scale_bar


def test_a_value_is_told_where_it_is_the_only_one():
    assert list(recorded("Images were taken at 7.5 kV.")) == ["an accelerating voltage of 7.5 kV"]
    assert list(recorded("Images were taken at 5 kV and later at 15 kV.")) == []
    assert list(recorded("Voltages of 5 to 15 kV were used.")) == []
    assert list(recorded("We used a 3 kV electron beam and a 6 mm working distance.")) == [
        "an accelerating voltage of 3 kV",
        "a working distance of 6 mm",
    ]


def test_a_scale_bar_of_other_panels_is_not_told():
    all_same = scale_bar("(a) Rods.", "Figure 1. (a) Rods. (b) Discs. All scale bars are 5 μm.")
    assert all_same is not None
    assert all_same.length == "5 μm"
    assert scale_bar("(a) Rods.", "Figure 1. (a) Rods. (b) Discs. The scale bar in (a) is 5 μm; in (b) 2 mm.") is None
    assert scale_bar("(a) Rods.", "Figure 1. (a) Rods. Scale bar 5 μm. (b) Discs. Scale bar 2 μm.") is None
