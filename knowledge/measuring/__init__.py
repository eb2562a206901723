"""How good it is: held out, cold, and sentence by sentence."""
