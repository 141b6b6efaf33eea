"""Questions that a newer generator, domain or text replaced are marked.

Revision 0002, after 0001. A plain column, added in place: SQLite would rebuild the table in a batch, which the rows
that refer to it forbid.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question", sa.Column("superseded", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("question", "superseded")
