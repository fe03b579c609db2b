"""Where anybody may have the certificate that PayPal signs with."""

from sandbox.face import Face, Operation
from sandbox.paypal_objects import complaint
from sandbox.paypal_seal import CERTIFICATES, NAME, PayPalSeal
from sandbox.wire import Call, Reply


def paypal_certificates_face(seal: PayPalSeal) -> Face:
    """Put the counter together; nobody has to say who they are."""

    def show(call: Call) -> Reply:
        if call.path["ref"] != NAME:
            told = complaint(404, "INVALID_RESOURCE_ID", "There is no such certificate.", "")
            return Reply(404, told)
        return Reply(200, {}, file=seal.certificate())

    return Face(
        name="paypal_certificates",
        prefix=CERTIFICATES,
        knows=lambda _headers: True,
        complaint=complaint,
        operations=(Operation("certificate", "GET", "/{ref}", show, lambda _call: NAME),),
    )
