"""What ties people to files: the jury's pairs, the rules that keep them apart, and what ends when somebody leaves."""

from gnlc_apply.services.ties.apart import keep_apart
from gnlc_apply.services.ties.leaving import REASONS, leave, leave_all

__all__ = ["REASONS", "keep_apart", "leave", "leave_all"]
