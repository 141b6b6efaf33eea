"""The scenes behind synthetic panels; papers of the reserved DOI prefix are synthetic, also those read before.

Revision 0003, after 0002. A paper that an earlier version read under the prefix 10.5555 (Crossref's examples) is
marked here, because reading it again would not happen by itself and it would be counted among the real ones.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scene_truth",
        sa.Column("panel_id", sa.String(length=64), nullable=False),
        sa.Column("paper_id", sa.String(length=64), nullable=False),
        sa.Column("scene", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("panel_id"),
    )
    op.create_index(op.f("ix_scene_truth_paper_id"), "scene_truth", ["paper_id"], unique=False)
    paper = sa.table("paper", sa.column("doi", sa.Text()), sa.column("synthetic", sa.Boolean()))
    op.execute(paper.update().where(paper.c.doi.like("10.5555/%")).values(synthetic=True))


def downgrade() -> None:
    op.drop_index(op.f("ix_scene_truth_paper_id"), table_name="scene_truth")
    op.drop_table("scene_truth")
