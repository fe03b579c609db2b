"""What lies on the shelves; of what was never counted there is plenty."""

from sandbox.books import Books


class Stock:
    """Quantities by SKU."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def count(self, sku: str, quantity: int) -> None:
        """Say how many there are."""
        self._books.put("stock", sku, {"sku": sku, "quantity": quantity})

    def take(self, sku: str, quantity: int) -> bool:
        """Take some, if there are so many."""
        shelf = self._books.get("stock", sku)
        if shelf is None:
            return True
        if shelf["quantity"] < quantity:
            return False
        self.count(sku, shelf["quantity"] - quantity)
        return True

    def put_back(self, sku: str, quantity: int) -> None:
        """Put some back, where they are counted."""
        shelf = self._books.get("stock", sku)
        if shelf is not None:
            self.count(sku, shelf["quantity"] + quantity)
