"""One application with all faces, and the process's own way of living."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.adyen import adyen_face
from sandbox.adyen_reports import adyen_reports_face
from sandbox.carrier import Carrier, easypost_face
from sandbox.checkout import Checkout
from sandbox.claims import Claims
from sandbox.control import Control
from sandbox.dhl import Dhl, dhl_face
from sandbox.dhl_tracking import dhl_tracking_face
from sandbox.dock import Dock
from sandbox.driving import Driving
from sandbox.face import routes_of
from sandbox.gateway import stripe_face
from sandbox.intents import Intents
from sandbox.parcels import Parcels
from sandbox.payments import Payments
from sandbox.paypal import paypal_face
from sandbox.paypal_certificates import paypal_certificates_face
from sandbox.pickups import Pickups
from sandbox.reports import Reports
from sandbox.runner import Runner
from sandbox.shipbob import ShipBob, shipbob_face
from sandbox.stock import Stock
from sandbox.stored_value import stored_value_face
from sandbox.stripe_wire import Keys
from sandbox.texting import twilio_face
from sandbox.warehouse import warehouse_face
from sandbox.world import World


def build_app(world: World, runner: Runner) -> Starlette:
    """Put the partners together on one world."""
    parcels = Parcels(world)
    pickups = Pickups(world, parcels)
    payments, carrier = Payments(world), Carrier(world, parcels)
    reports, stock = Reports(world), Stock(world.books)
    keys = Keys(world)
    checkout, intents = Checkout(world, payments, keys), Intents(world, payments, keys)
    Dock(world, parcels, reports)
    shipbob = ShipBob(world)
    faces = (
        easypost_face(carrier, pickups, Claims(world, parcels)),
        dhl_face(Dhl(world, parcels)),
        dhl_tracking_face(parcels),
        stripe_face(world, payments, (*checkout.operations(), *intents.operations()), keys),
        adyen_face(world, payments),
        adyen_reports_face(world),
        paypal_face(world, payments),
        paypal_certificates_face(world.paypal_seal),
        stored_value_face(world, payments),
        warehouse_face(world, stock),
        shipbob_face(shipbob),
        twilio_face(world),
    )
    driving = Driving(
        world,
        parcels=parcels,
        pickups=pickups,
        payments=payments,
        reports=reports,
        stock=stock,
    )
    works = [*driving.works(), *checkout.works(), *intents.works(), *shipbob.works()]
    control = Control(world, runner, works)
    routes = [Route("/healthz", _healthy), _labels(carrier), *control.routes()]
    for face in faces:
        routes += routes_of(face, world, runner.look)
    return Starlette(routes=routes)


def _labels(carrier: Carrier) -> Route:
    """Where carriers give their labels out: who has the address has the label, as with them."""

    async def give(request: Request) -> Response:
        content = carrier.paper(request.path_params["shipment"])
        if content is None:
            return Response(status_code=404)
        return Response(content, media_type="application/pdf")

    return Route("/files/postage_label/{shipment}.pdf", give)


async def _healthy(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})
