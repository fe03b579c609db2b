"""What may come back: asked for, judged, offered, agreed to, given up; and who may ask it."""
