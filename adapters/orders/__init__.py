"""Files of orders, read one order at a time however large they are."""
