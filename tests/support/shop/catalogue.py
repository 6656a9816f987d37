"""The first line of a catalogue file."""

HEADER = "product_id,warehouse_id,name,category,on_hand,low_stock_threshold\n"
