/*
 * drawing_core.h
 *		Pictures as plain SVG: 640 wide, no script, no style sheet, no outside
 *		reference, told apart without colour.  Text in and out has the server's
 *		encoding; what is added is ASCII.
 */
#ifndef WARDSTAR_DRAWING_CORE_H
#define WARDSTAR_DRAWING_CORE_H

#include "star/distance_core.h"

#define STAR_PICTURE_WIDTH 640

/* Text on its way into a picture: where it is and how many bytes. */
typedef struct StarText
{
	const char *data;
	size_t		length;
} StarText;

/* text_core.c: XML text, and lines that fit */
extern StarText star_text(const char *zero_terminated);
extern void star_svg_escape(StarBuffer *out, StarText text);
extern double star_text_width(StarText text, double size);
extern int	star_wrap(StarText text, double size, double width,
					  StarText *lines, int max_lines);
extern void star_svg_line_of_text(StarBuffer *out, StarText text, double x,
								  double y, double size, double width,
								  const char *anchor, const char *attributes);
extern void star_svg_begin(StarBuffer *out, double height);
extern double star_svg_heading(StarBuffer *out, StarText title);
extern double star_heading_height(StarText title);
extern void star_svg_marker(StarBuffer *out, bool latest, double x, double y);
extern void star_svg_legend(StarBuffer *out, double y, bool with_baseline,
							bool with_lines, const char *remark);

/* radar_core.c and dumbbell_core.c */
extern StarStatus star_draw_radar(const uint8_t *latest, size_t latest_length,
								  const uint8_t *baseline,
								  size_t baseline_length, StarText title,
								  StarBuffer *out);
extern StarStatus star_draw_dumbbell(const uint8_t *bytes, size_t length,
									 double confidence, StarText title,
									 StarMemory memory, StarBuffer *out);

#endif							/* WARDSTAR_DRAWING_CORE_H */
