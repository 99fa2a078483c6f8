"""The contract with everybody who shares the broker: an AsyncAPI document, made from the table of topics and the models of messages."""
