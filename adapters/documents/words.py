"""The words on papers, by language; the languages are those of the messages."""

from collections.abc import Mapping

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Return slip", "return": "Return", "order": "Order", "parcel": "Parcel",
        "to": "Goes to", "article": "Article", "sku": "Number", "unit": "Unit",
        "footer": "Please put this slip into the box, on top.",
    },
    "de": {
        "title": "Rücksendeschein", "return": "Rücksendung", "order": "Bestellung",
        "parcel": "Paket", "to": "Geht an", "article": "Artikel", "sku": "Nummer",
        "unit": "Stück", "footer": "Bitte legen Sie diesen Schein obenauf in das Paket.",
    },
    "fr": {
        "title": "Bon de retour", "return": "Retour", "order": "Commande", "parcel": "Colis",
        "to": "Destination", "article": "Article", "sku": "Référence", "unit": "Pièce",
        "footer": "Merci de placer ce bon sur le dessus du colis.",
    },
    "es": {
        "title": "Hoja de devolución", "return": "Devolución", "order": "Pedido",
        "parcel": "Paquete", "to": "Se envía a", "article": "Artículo", "sku": "Número",
        "unit": "Pieza", "footer": "Ponga esta hoja dentro del paquete, encima de todo.",
    },
    "ru": {
        "title": "Лист возврата", "return": "Возврат", "order": "Заказ", "parcel": "Посылка",
        "to": "Куда", "article": "Товар", "sku": "Номер", "unit": "Единица",
        "footer": "Положите этот лист в посылку сверху.",
    },
    "zh": {
        "title": "退货单", "return": "退货编号", "order": "订单", "parcel": "包裹", "to": "寄往",
        "article": "商品", "sku": "编号", "unit": "件", "footer": "请将此单放在包裹内最上面。",
    },
}  # fmt: skip

LANGUAGES = tuple(_WORDS)


def words_in(locale: str) -> dict[str, str]:
    """The words of a locale's language; English where we do not write it."""
    return dict(_WORDS.get(locale[:2].lower(), _WORDS["en"]))
