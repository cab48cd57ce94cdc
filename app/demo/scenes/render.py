import cv2, numpy as np


class SceneRenderer:
    def __init__(self, variant, width, height):
        self.w, self.h = width, height
        self.bg = np.full((height, width, 3), 60, np.uint8)

    def frame(self, i):
        f = self.bg.copy()
        cv2.circle(f, (int(i * 3) % self.w, self.h // 2), 30, (0, 200, 255), -1, cv2.LINE_AA)
        cv2.putText(f, f":{i / 15:04.1f}", (20, 40), 0, 1, (255, 255, 255), 2, cv2.LINE_AA)
        return f
