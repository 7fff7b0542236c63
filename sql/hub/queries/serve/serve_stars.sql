-- The readings of outcome stars of whoever asks, across all quarters.
SELECT * FROM api.stars_data()
