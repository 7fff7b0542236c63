-- What is due of whoever asks.
SELECT api.due()
