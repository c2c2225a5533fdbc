print("coldwave")
