"""Publisher and kind of a paper, which of its fields a service gave, and what the services answered.

Revision 0004, after 0003. Plain columns, added in place: SQLite would rebuild the table in a batch, which the rows
that refer to it forbid.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("paper", sa.Column("publisher", sa.Text(), nullable=True))
    op.add_column("paper", sa.Column("article_type", sa.Text(), nullable=True))
    op.add_column("paper", sa.Column("completed", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.create_table(
        "lookup",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("works", sa.JSON(), nullable=False),
        sa.Column("answered", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("lookup")
    op.drop_column("paper", "completed")
    op.drop_column("paper", "article_type")
    op.drop_column("paper", "publisher")
