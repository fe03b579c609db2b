"""The words of the trade, and the few facts that belong to a word alone.

Everything else that follows from a word (fees, deadlines, methods) is policy, and data.
"""

from enum import StrEnum


class Authorisation(StrEnum):
    """May the goods come back? One answer for the return."""

    REQUESTED = "requested"
    NEEDS_REVIEW = "needs_review"
    APPROVED = "approved"
    PARTIALLY_APPROVED = "partially_approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Logistics(StrEnum):
    """Where is the parcel? One answer for each parcel."""

    NO_SHIPMENT = "no_shipment"
    AWAITING_LABEL = "awaiting_label"
    AWAITING_HANDOVER = "awaiting_handover"
    PICKUP_SCHEDULED = "pickup_scheduled"
    PICKUP_EXCEPTION = "pickup_exception"
    IN_TRANSIT = "in_transit"
    TRANSIT_EXCEPTION = "transit_exception"
    AT_HUB = "at_hub"
    CUSTOMS_HOLD = "customs_hold"
    DELIVERED_UNSCANNED = "delivered_unscanned"
    DELIVERED = "delivered"
    LOST = "lost"
    RETURNED_TO_CUSTOMER = "returned_to_customer"


class LabelLife(StrEnum):
    """What became of a label: every one ends used, voided, or expired where that costs nothing."""

    LIVE = "live"
    EXPIRED = "expired"
    VOID_REQUESTED = "void_requested"
    VOID_SUBMITTED = "void_submitted"
    VOIDED = "voided"
    KEPT = "kept"  # the carrier did not take it back: it is paid for, and unused
    USED = "used"


class Receipt(StrEnum):
    """Did the unit arrive? One answer for each unit."""

    AWAITING = "awaiting"
    RECEIVED = "received"
    SHORT_SHIPPED = "short_shipped"
    WRONG_ITEM = "wrong_item"
    UNEXPECTED = "unexpected"
    LOST_IN_TRANSIT = "lost_in_transit"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Decision(StrEnum):
    """What is the unit worth to its sender? One answer for each unit."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    ACCEPTED_WITH_DEDUCTION = "accepted_with_deduction"
    REJECTED = "rejected"
    NEEDS_REVIEW = "needs_review"
    APPEALED = "appealed"
    APPEAL_UPHELD = "appeal_upheld"
    APPEAL_DENIED = "appeal_denied"


class MoneyState(StrEnum):
    """Where is the money? One answer for each payout instruction."""

    PLANNED = "planned"
    HELD = "held"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REVERSED = "reversed"


class Headline(StrEnum):
    """What people see first; derived from the axes, decides nothing."""

    REQUESTED = "requested"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    LABEL_READY = "label_ready"
    PICKUP_SCHEDULED = "pickup_scheduled"
    PICKUP_EXCEPTION = "pickup_exception"
    IN_TRANSIT = "in_transit"
    TRANSIT_EXCEPTION = "transit_exception"
    PARTIALLY_RECEIVED = "partially_received"
    RECEIVED = "received"
    INSPECTING = "inspecting"
    DISPUTED = "disputed"
    RESOLVING = "resolving"
    COMPLETED = "completed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    LOST = "lost"


class Actor(StrEnum):
    """Whose turn it is."""

    CUSTOMER = "customer"
    MERCHANT = "merchant"
    CARRIER = "carrier"
    WAREHOUSE = "warehouse"
    GATEWAY = "gateway"
    SYSTEM = "system"


class Fault(StrEnum):
    """The party at fault for a reason or an exception; drives fees, checks and deadlines."""

    CUSTOMER = "customer"
    MERCHANT = "merchant"
    CARRIER = "carrier"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why the goods come back."""

    CHANGED_MIND = "changed_mind"
    BETTER_PRICE = "better_price"
    ORDERED_BY_MISTAKE = "ordered_by_mistake"
    ORDERED_TO_COMPARE = "ordered_to_compare"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    FIT_OTHER = "fit_other"
    COLOR = "color"
    STYLE = "style"
    UNWANTED_GIFT = "unwanted_gift"
    QUALITY_BELOW_EXPECTATION = "quality_below_expectation"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ITEM = "wrong_item"
    MISSING_PARTS = "missing_parts"
    DEFECTIVE = "defective"
    EXPIRED_PRODUCT = "expired_product"
    WARRANTY = "warranty"
    DAMAGED_IN_TRANSIT = "damaged_in_transit"
    ARRIVED_LATE = "arrived_late"
    NEVER_ARRIVED = "never_arrived"
    MISSING_ITEM = "missing_item"
    EMPTY_BOX = "empty_box"
    UNDELIVERABLE = "undeliverable"
    REFUSED_ON_DELIVERY = "refused_on_delivery"
    UNAUTHORIZED_PURCHASE = "unauthorized_purchase"
    OTHER = "other"  # needs a note

    @property
    def fault(self) -> Fault:
        """Who is at fault for this reason."""
        return _FAULT_OF_REASON.get(self, Fault.CUSTOMER)


_FAULT_OF_REASON: dict[Reason, Fault] = {
    **dict.fromkeys(
        [
            Reason.QUALITY_BELOW_EXPECTATION,
            Reason.NOT_AS_DESCRIBED,
            Reason.WRONG_ITEM,
            Reason.MISSING_PARTS,
            Reason.DEFECTIVE,
            Reason.EXPIRED_PRODUCT,
            Reason.WARRANTY,
        ],
        Fault.MERCHANT,
    ),
    **dict.fromkeys(
        [
            Reason.DAMAGED_IN_TRANSIT,
            Reason.ARRIVED_LATE,
            Reason.NEVER_ARRIVED,
            Reason.MISSING_ITEM,
            Reason.EMPTY_BOX,
            Reason.UNDELIVERABLE,
        ],
        Fault.CARRIER,
    ),
    **dict.fromkeys(
        [Reason.REFUSED_ON_DELIVERY, Reason.UNAUTHORIZED_PURCHASE, Reason.OTHER], Fault.UNKNOWN
    ),
}


class Method(StrEnum):
    """How the goods are handed over."""

    CARRIER_PICKUP = "carrier_pickup"
    DROP_OFF_LABEL = "drop_off_label"
    DROP_OFF_CODE = "drop_off_code"
    IN_STORE = "in_store"
    LOCAL_HUB = "local_hub"
    OWN_CARRIER = "own_carrier"
    KEEP_ITEM = "keep_item"

    @property
    def needs_label(self) -> bool:
        """Whether we buy the transport."""
        return self in {Method.CARRIER_PICKUP, Method.DROP_OFF_LABEL, Method.DROP_OFF_CODE}


class Hazard(StrEnum):
    """What makes goods difficult to carry."""

    BATTERIES = "batteries"
    HAZMAT = "hazmat"
    LIQUIDS = "liquids"


class PickupException(StrEnum):
    """Why a visit or a label came to nothing."""

    CUSTOMER_UNREACHABLE = "customer_unreachable"
    CUSTOMER_NOT_AVAILABLE = "customer_not_available"
    PRODUCT_NOT_READY = "product_not_ready"
    RESCHEDULE_REQUESTED = "reschedule_requested"
    ADDRESS_ISSUE = "address_issue"
    CANCELLED_BY_CUSTOMER = "cancelled_by_customer"
    NOT_ATTEMPTED = "not_attempted"
    VEHICLE_OR_CAPACITY = "vehicle_or_capacity"
    WEATHER = "weather"
    OUT_OF_SERVICE_AREA = "out_of_service_area"
    ITEM_MISMATCH = "item_mismatch"
    QUANTITY_MISMATCH = "quantity_mismatch"
    RESTRICTED_ITEM = "restricted_item"
    OVERSIZE_OR_BAD_PACKAGING = "oversize_or_bad_packaging"
    INVALID_OTP = "invalid_otp"
    MAX_ATTEMPTS_REACHED = "max_attempts_reached"
    OTHER = "other"


class Grade(StrEnum):
    """The state an inspector finds a unit in."""

    NEW_SEALED = "new_sealed"
    LIKE_NEW = "like_new"
    MINOR_WEAR = "minor_wear"
    USED = "used"
    DAMAGED = "damaged"
    UNSALVAGEABLE = "unsalvageable"


class Disposition(StrEnum):
    """Where an inspected unit goes."""

    RESTOCK = "restock"
    RESALE_HOLD = "resale_hold"
    REFURBISH = "refurbish"
    REPAIR = "repair"
    RETURN_TO_VENDOR = "return_to_vendor"
    LIQUIDATE = "liquidate"
    DONATE = "donate"
    RECYCLE = "recycle"
    DISPOSE = "dispose"
    RETURN_TO_CUSTOMER = "return_to_customer"
    QUARANTINE = "quarantine"


class Resolution(StrEnum):
    """What the customer gets for a unit."""

    REFUND_ORIGINAL = "refund_original"
    STORE_CREDIT = "store_credit"
    EXCHANGE = "exchange"
    ADVANCE_EXCHANGE = "advance_exchange"
    REPLACEMENT = "replacement"
    REPAIR = "repair"
    PARTIAL_REFUND = "partial_refund"
    KEEP_ITEM = "keep_item"
    COUPON = "coupon"
    REJECT_AND_SEND_BACK = "reject_and_send_back"


class RefundTrigger(StrEnum):
    """What must have happened before money moves."""

    FIRST_SCAN = "first_scan"
    RECEIVED = "received"
    INSPECTED = "inspected"
