-- The counts of whoever asks, across all quarters.
SELECT * FROM api.returns_data()
