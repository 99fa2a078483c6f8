"""What travels: frozen models of everything that crosses a topic, their ids and their envelope."""
