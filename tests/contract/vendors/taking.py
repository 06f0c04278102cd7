"""What must hold for any request an adapter is given to read."""

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.vendors.port import Receipt
from tests.contract.vendors.case import NOON, Call, Case
from tests.contract.vendors.sending import read, waiting


def takes(case: Case, call: Call) -> None:
    """Let the adapter read ``call`` for each of its options, and the events be made of it."""
    for options in {repr(proof.options): proof.options for proof in case.proofs}.values():
        parsed = case.adapter.options_model.model_validate(options)
        receipt = Receipt(call.headers, call.url, call.body)
        try:
            for told in case.adapter.touches(receipt, parsed):
                assert isinstance(told, IncomingTouch | Unreadable)
        except Unreadable:
            pass
        for found in read(waiting(call, case.vendor, NOON), options):
            assert not isinstance(found, Unreadable) or found.code != "adapter_failed"
